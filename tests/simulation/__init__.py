"""The simulated floor, and the bugs planted in it to prove that it can see."""
