"""Single, multiple, multilevel, hierarchical and hybrid inheritance."""

class Animal:
    def __init__(self, name):
        self.name = name
    def speak(self):
        return "..."
    def introduce(self):
        return f"{self.name} says {self.speak()}"

# Single: one parent.
class Dog(Animal):
    def speak(self):
        return "woof"

print("single:", Dog("Rex").introduce())

# Hierarchical: one parent, many children.
class Cat(Animal):
    def speak(self):
        return "meow"

print("hierarchical:", [kind("x").speak() for kind in Animal.__subclasses__()])

# Multilevel: parent, child, grandchild.
class Puppy(Dog):
    def speak(self):
        return super().speak() + "!"

print("multilevel:", Puppy("Bit").introduce(), [c.__name__ for c in Puppy.__mro__])

# Multiple: several parents. The MRO says in which order they are asked.
class Flyer:
    def move(self):
        return "flies"

class Swimmer:
    def move(self):
        return "swims"
    def dive(self):
        return "dives"

class Duck(Flyer, Swimmer):
    pass

print("multiple:", Duck().move(), Duck().dive(), [c.__name__ for c in Duck.__mro__])

# Hybrid: a mix. Here a diamond, where each method runs once.
class Base:
    def setup(self):
        return ["Base"]

class Left(Base):
    def setup(self):
        return ["Left"] + super().setup()

class Right(Base):
    def setup(self):
        return ["Right"] + super().setup()

class Bottom(Left, Right):
    def setup(self):
        return ["Bottom"] + super().setup()

print("hybrid:", Bottom().setup())
print("MRO:", [c.__name__ for c in Bottom.mro()])

# Some orders contradict each other; such a class cannot be made.
class LeftRight(Left, Right): pass
class RightLeft(Right, Left): pass
try:
    class Impossible(LeftRight, RightLeft): pass
except TypeError as error:
    print("TypeError:", str(error).splitlines()[0])

print(issubclass(Puppy, Animal), isinstance(Duck(), Swimmer), issubclass(Dog, Cat))
