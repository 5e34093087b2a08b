

def _register_command():
    # The lines of the program that -c gives.
    import _imp
    command = _imp.command()
    if command is not None:
        _register_code(*command, '<string>')

_register_command()
del _register_command
