"""_protected is a convention, __private is name-mangled; neither is enforced."""

class Account:
    def __init__(self):
        self.public = "for everyone"
        self._protected = "please do not touch"
        self.__private = "mangled"

    def read(self):
        return self.__private

    def __helper(self):
        return "private method"

    def call_helper(self):
        return self.__helper()

account = Account()
print(account.public)
print(account._protected)           # nothing stops us
print(account.read(), "/", account.call_helper())

try:
    account.__private
except AttributeError as error:
    print("AttributeError:", error)

# The name was rewritten with the class's, and can still be reached.
print(account._Account__private, "/", account._Account__helper())
print(sorted(vars(account)))

# What mangling is for: a subclass's attribute does not collide.
class Savings(Account):
    def __init__(self):
        super().__init__()
        self.__private = "of the subclass"

savings = Savings()
print(savings.read(), "/", savings._Savings__private)

# Special names, with underscores on both sides, are not mangled.
class Special:
    __slots__ = ()
    def __len__(self):
        return 3

print(len(Special()), "__len__" in vars(Special))

# A real guard, where one is wanted: a property without a setter.
class Temperature:
    def __init__(self, celsius):
        self._celsius = celsius
    @property
    def celsius(self):
        return self._celsius

warm = Temperature(20)
try:
    warm.celsius = 30
except AttributeError as error:
    print("AttributeError:", error)
print(warm.celsius)
