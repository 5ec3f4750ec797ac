"""What pages share on which somebody looks around: nothing of them is saved but where one stands.

Where one stands changes once the turn is durable, as with a task: a turn that could not be recorded
leaves the page as it was. It is not for tasks (`task.py`), whose job is written down at every step.
"""

from app.station.turn import Turn


class BrowsingFlow:
    """A page one looks around on."""

    def _keep(self, turn: Turn, **changes: object) -> None:
        """Set these attributes once the turn is durable."""

        def keep() -> None:
            for name, value in changes.items():
                setattr(self, name, value)

        turn.after_commit(keep)
