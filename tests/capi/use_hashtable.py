import hashtable

hashtable.texts()
hashtable.pointers()
