import statics
statics.all()
