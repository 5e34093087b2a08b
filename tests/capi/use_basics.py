import basics
for test in (basics.numbers, basics.texts, basics.containers, basics.build):
    print("==", test.__name__, test.__doc__, basics.__doc__, flush=True)
    print(test(), flush=True)
