"""The simulated bench as a list of pressed buttons."""


class FakeControls:
    """Remembers presses."""

    def __init__(self) -> None:
        self.pressed: list[str] = []

    def press(self, name: str) -> None:
        self.pressed.append(name)
