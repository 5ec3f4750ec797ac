"""A sentence before it has a language: a code of the message catalogue and its parameters.

Rules and flows say *what* is to be said; `app.catalogue` says it in the person's language.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One message of the catalogue with its parameters.

    Attributes:
        code: Key in `resources/i18n/*.toml`, dotted: `pack.wrong_item`.
        params: Values by name, in the order given; numbers choose plurals.
    """

    code: str
    params: tuple[tuple[str, str | int], ...] = ()

    def value(self, name: str) -> str | int | None:
        """The parameter called `name`, or None."""
        return dict(self.params).get(name)


def text(code: str, /, **params: str | int) -> Text:
    """Make a `Text`; `text("pack.scan_item", item="Bamboo tray")`."""
    return Text(code, tuple(params.items()))
