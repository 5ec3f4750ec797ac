"""Adjusting: what would change, or the lots of a place to choose from."""

from ui.pages.task import TaskPage


class AdjustPage(TaskPage):
    """The change in the making; the steps are in the header, the keys below."""
