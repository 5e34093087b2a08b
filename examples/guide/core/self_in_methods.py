"""self, the first parameter of an instance method, is the current object."""

class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount
        return self             # lets calls be chained

    def report(self):
        return f"{self.owner}: {self.balance}"      # other attributes

    def deposit_and_report(self, amount):
        self.deposit(amount)                        # other methods
        return self.report()

account = Account("Ann")
print(account.deposit(5).deposit(7).report())
print(account.deposit_and_report(30))

# The call on an object passes the object as first argument.
print(Account.report(account) == account.report())
method = account.report
print(method.__self__ is account, method.__func__ is Account.report)

# The name self is only a convention.
class Odd:
    def who(this):
        return type(this).__name__

print(Odd().who())

# Leaving it out is an error at the call, not at the definition.
class Forgot:
    def method():
        return "never reached"

try:
    Forgot().method()
except TypeError as error:
    print("TypeError:", error)

first, second = Account("first", 1), Account("second", 2)
print(first.report(), "|", second.report())
