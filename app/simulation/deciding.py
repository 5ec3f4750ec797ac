"""A person at the pages of adjusting and approving, and whoever they call as the second person."""

from hashlib import sha256
from random import Random

from app.simulation import album, goods
from app.simulation.hand import Hand
from app.station.adjust import REASONS
from app.station.approvals_job import NOTES
from app.station.inbox import Intent, PhotoTaken
from app.station.screen import ProofState, Screen, Sound

# The next step of an adjustment, by the title of its prompt.
_ASK = "adjust.ask_"

# Keys of a bulk: what is marked is looked at, approved together, and its results are read.
_TOGETHER = {"key.look_marked", "key.approve_all", "key.to_list"}
# What needs a written answer asks for it in these words.
WRITTEN = "approvals.why_approve"


class Deciding:
    """Asks for adjustments, and has them decided.

    Args:
        hand: Whose, and how it scans and presses.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._world, self._bench = hand.world, hand.bench
        self._scan, self._do = hand.scan, hand.do
        self._wondering = False
        # Digests of what was photographed for the adjustment in the making; None: nobody knows.
        self._photos: list[str] | None = []
        self._moment = (0, 0)

    @property
    def _chance(self) -> Random:
        return self._world.chance

    def adjust(self, screen: Screen) -> None:
        """One step of an adjustment."""
        if self._moment != self._hand.moment:
            stopped = self._moment[0] != self._hand.moment[0]
            self._moment, self._photos = self._hand.moment, [] if stopped else None
        step = screen.prompt.title.code.removeprefix(_ASK)
        if self._chance.random() < 0.1:
            instead = self._chance.choice((Intent.UNDO, Intent.HOME, Intent.NO))
            self._do(instead, "")
            self._photos = self._photos if instead is Intent.UNDO else []
            return
        if step in {"reason", "confirm"} and self._chance.random() < 0.2:
            self._photograph()
            return
        match step:
            case "item":
                self._photos = []
                self._scan(self._chance.choice(tuple(goods.UNITS)))
            case "place":
                self._scan("LOC:" + self._chance.choice(goods.SHELVES))
            case "quantity":
                said = self._chance.choice(("+1", "-1", "+2", "-3", "7", "+9"))
                self._do(Intent.CODE, said)
            case "reason":
                self._do(Intent.REASON, self._chance.choice(REASONS))
            case _:
                self._do(Intent.MAIN, "")
                self._wondering = self._chance.random() < 0.7
                self._saw()

    def _photograph(self) -> None:
        """F5: the camera answers with a picture nobody has taken before."""
        senses = self._bench.senses
        self._do(Intent.PHOTO, "")
        if not senses.photo_asked:
            return
        content = album.picture(self._world.ids.random(8))
        senses.photo_asked, senses.sounds = False, []
        self._bench.handle(PhotoTaken("dent.png", content))
        if Sound.ACCEPTED in senses.sounds and self._photos is not None:
            self._photos.append(sha256(content).hexdigest())

    def _adjusted(self) -> None:
        """What was recorded holds the photos that were taken for it, and no others."""
        for one in self._bench.senses.recorded:
            if one.kind != "adjust":
                continue
            said = album.digests(self._bench.record.operations[one.operation].body)
            if self._photos is not None and said != tuple(self._photos):
                self._world.violated(f"photographed {self._photos}, recorded {said}")
            elif said:
                self._world.rare.saw("photo of an adjustment")
            self._photos = []

    def home(self) -> bool:
        """From Home: now and then to adjust; whoever has asked looks what has become of it."""
        wondering, self._wondering = self._wondering, False
        deciding = self._bench.senses.person == goods.CONTROLLER.name
        if wondering or self._chance.random() < (0.4 if deciding else 0.1):
            self._do(Intent.APPROVALS, "")
        elif self._chance.random() < 0.1:
            self._do(Intent.ADJUST, "")
        elif self._world.knobs.fumble and self._may_ask() and self._chance.random() < 0.2:
            self._do(Intent.GRANT, "")
        else:
            return False
        return True

    def _may_ask(self) -> bool:
        """Whoever decides asks the ledger, once a shift, for what they may without a link."""
        senses = self._bench.senses
        return senses.link == "online" and senses.person in goods.DECIDERS

    def approvals(self, screen: Screen) -> None:
        """Have what waits decided, or leave."""
        if screen.prompt.title.code == WRITTEN:
            self._do(Intent.CODE, "Looked at together with the team leader.")
        elif _TOGETHER & {action.label.code for action in screen.actions}:
            self._do(Intent.NO if self._chance.random() < 0.1 else Intent.MAIN, "")
        elif screen.case is None or self._chance.random() < 0.15:
            self._do(Intent.HOME, "")
        else:
            self._decide(screen)
            self._saw()

    def _decide(self, screen: Screen) -> None:
        offered = {action.intent for action in screen.actions if action.enabled}
        if Intent.WITHDRAW in offered and self._chance.random() < 0.4:
            self._do(Intent.WITHDRAW, "")
        elif Intent.MARK in offered and self._chance.random() < 0.5:
            self._do(Intent.MARK, "all")
        elif self._chance.random() < 0.2:
            self._do(self._chance.choice((Intent.NEXT, Intent.RECOUNT)), "")
        elif self._chance.random() < 0.2:
            self._do(Intent.REJECT, "")
            self._do(Intent.REASON, self._chance.choice(NOTES))
        else:
            self._do(Intent.MAIN, "")

    def prove(self, screen: Screen) -> None:
        """A step-up lies over the page: the second person comes, or nobody does."""
        proof = screen.proof
        if proof is None or self._chance.random() < 0.1:
            self._do(Intent.NO, "")
        elif proof.state is ProofState.PIN:
            self._do(Intent.SIGN_IN_PIN, goods.PINS.get(proof.person, ""))
            self._saw()
        elif proof.state is ProofState.CODE:
            self._do(Intent.SIGN_IN_PIN, self._bench.authenticator(proof.person))
        elif proof.state is ProofState.BADGE:
            # Mostly the leader; now and then somebody who may not, or the clerk's other account.
            who = (goods.LEADER, goods.LEADER, goods.LEADER, goods.SECOND, goods.OTHER)
            self._scan(self._chance.choice(who).badge)

    def _saw(self) -> None:
        self._adjusted()
        if any(one.kind == "decide" for one in self._bench.senses.recorded):
            offline = self._bench.senses.link != "online"
            self._world.rare.saw("decided at a bench offline" if offline else "decided at a bench")
        if sum(one.kind == "decide" for one in self._bench.senses.recorded) > 1:
            self._world.rare.saw("several decided together")
        if any(one.kind == "withdraw" for one in self._bench.senses.recorded):
            self._world.rare.saw("request withdrawn")
