"""A person at a bench: looks at the screen, does what it asks for, and sometimes something else."""

from collections.abc import Callable
from functools import partial
from random import Random

from app.contract.messages import EditPut, GrantRequest
from app.domain.weight import Reading, WeightState
from app.simulation import goods
from app.simulation.bench import Bench
from app.simulation.deciding import Deciding
from app.simulation.fumbling import Fumbling
from app.simulation.hand import Hand
from app.simulation.parcels import Parcels
from app.simulation.tasks import Tasks
from app.simulation.world import World
from app.station.inbox import Intent, Printed, PrintState
from app.station.screen import Page, ProofState, Screen
from app.sync import asking

PRINT_MS = 1_500
ASK_MS = 50


class Person:
    """Works at one bench.

    Args:
        world: Time and chance.
        bench: Whose screen it looks at.
    """

    def __init__(self, world: World, bench: Bench) -> None:
        self._world = world
        self._bench = bench
        self._armed = 0
        self._hand = Hand(world, bench)
        self._scan, self._do = self._hand.scan, self._hand.do
        self._deciding = Deciding(self._hand)
        self._fumbling = Fumbling(self._hand)
        self._tasks = Tasks(self._hand)
        self._parcels = Parcels(self._hand)
        self._at: dict[str, Callable[[Screen], None]] = {
            "pack.claiming": self._wait_for_claim,
            "pack.elsewhere": self._packed_elsewhere,
            "pack.short": self._short,
            "weigh.title": self._weigh,
            "weigh.title_parcel": self._weigh,
            "weigh.off": self._off_weight,
            "pack.why": self._why,
            "label.printing": self._printing,
            "label.failed": self._label_failed,
            "label.unknown": self._label_lost,
            "pack.hand_over": self._hand_over,
            "pack.hand_over_all": self._hand_over,
            "pack.stopped_cancelled": self._stopped,
            "pack.stopped_held": self._stopped,
        }

    @property
    def _chance(self) -> Random:
        return self._world.chance

    def act(self) -> None:
        """Do one thing."""
        bench = self._bench
        screen = bench.senses.screen
        if not bench.up or screen is None:
            return
        self._feed_printer()
        self._carry_questions()
        bench.senses.listen()
        self._tasks.beware(screen)
        if not self._fumbling.slips(screen):
            self._answer(screen)
        self._fumbling.photograph()
        self._tasks.settle()
        self._world.hands.settle(bench, chosen=screen.page is Page.UNDO)
        if screen.page is Page.UNDO and self._hand.heard("reverse"):
            self._world.rare.saw("finished work taken back")
        for fate in bench.senses.fates:
            if fate == "refused":
                self._world.rare.saw("scan refused")
            elif fate == "duplicate":
                self._world.rare.saw("scan bounced")

    def _answer(self, screen: Screen) -> None:
        if screen.prompt.title.code == "trouble.title":
            self._do(Intent.ACKNOWLEDGE)
        elif screen.page is Page.SIGN_IN:
            self._sign_in()
        elif screen.proof is not None:
            self._deciding.prove(screen)
        elif screen.locked:
            self._locked(screen)
        else:
            self._on_page(screen)

    def _on_page(self, screen: Screen) -> None:
        match screen.page:
            case Page.ADJUST:
                self._deciding.adjust(screen)
            case Page.APPROVALS:
                self._deciding.approvals(screen)
            case Page.HOME:
                self._home(screen)
            case page if self._tasks.has(page):
                self._tasks.act(screen)
            case _ if self._parcels.act(screen):
                pass
            case _:
                self._at.get(screen.prompt.title.code, self._scan_step)(screen)

    # ------------------------------------------------------------------ hands

    def _clumsy(self) -> bool:
        return self._chance.random() < self._world.knobs.clumsy

    def _feed_printer(self) -> None:
        """The printer takes what it was asked for, and answers in a while."""
        bench = self._bench
        jobs, bench.senses.prints = bench.senses.prints, []
        for job in jobs:
            state = self._chance.choices(
                (PrintState.PRINTED, PrintState.FAILED, PrintState.UNKNOWN), (8, 1, 1)
            )[0]
            self._world.agenda.after(PRINT_MS, self._printer_says(job, state))

    def _carry_questions(self) -> None:
        """The ledger is asked on a thread of its own, once; the person goes on meanwhile."""
        bench, life = self._bench, self._bench.life
        puts, bench.senses.edits = bench.senses.edits, []
        grants, bench.senses.grants = bench.senses.grants, []

        def edit(put: EditPut) -> None:
            bench.handle(asking.edit(bench.wire, put))

        def grant(request: GrantRequest) -> None:
            answer = asking.grant(bench.wire, request)
            bench.handle(answer)
            if answer.grant is not None:
                self._world.rare.saw("right lent at a bench")

        def due(ask: Callable[[], None]) -> None:
            if bench.up and bench.life == life:
                bench.guarded(ask)

        questions = [partial(edit, put) for put in puts]
        for ask in (*questions, *(partial(grant, request) for request in grants)):
            self._world.agenda.after(ASK_MS, partial(due, ask))

    def _printer_says(self, job: str, state: PrintState) -> Callable[[], None]:
        bench, life = self._bench, self._bench.life
        name = {"printed": "label printed", "failed": "label failed", "unknown": "label lost"}

        def say() -> None:
            if bench.up and bench.life == life:
                self._world.rare.saw(name[state.value])
                bench.guarded(lambda: bench.handle(Printed(job, state)))

        return say

    # ------------------------------------------------------------------ pages

    def _sign_in(self) -> None:
        screen = self._bench.senses.screen
        proof = screen.proof if screen is not None else None
        if proof is not None and proof.state is ProofState.PIN:
            pin = "000000" if self._clumsy() else goods.PINS.get(proof.person, "")
            self._do(Intent.SIGN_IN_PIN, pin)
            if pin == "000000":
                self._world.rare.saw("PIN wrong")
        elif proof is not None and proof.state is ProofState.BADGE:
            self._scan("PHB-NOBODY00000000" if self._clumsy() else self._badge())

    def _badge(self) -> str:
        people = goods.PEOPLE[self._bench.site]
        if "claims" in self._world.knobs.tasks and self._chance.random() < 0.5:
            # Whoever may take over is there, where that is the work.
            return people[-1].badge
        if {"plan", "edit", "reports", "audit", "dashboards"} & set(
            self._world.knobs.tasks
        ) and self._chance.random() < 0.5:
            return goods.CONTROLLER.badge
        return self._chance.choice(people).badge

    def _locked(self, screen: Screen) -> None:
        if self._clumsy() and screen.page is Page.PACK:
            self._scan(self._chance.choice(tuple(goods.UNITS)))
        else:
            self._do(Intent.ACKNOWLEDGE)

    def _home(self, screen: Screen) -> None:
        if self._clumsy():
            self._chance.choice(
                (
                    lambda: self._scan(goods.UNKNOWN_CODE),
                    lambda: self._scan(self._chance.choice(tuple(goods.UNITS))),
                    lambda: self._do(Intent.SIGN_OUT),
                    lambda: self._scan(self._badge()),
                    lambda: self._do(Intent.UNDO),
                )
            )()
            return
        if self._deciding.home() or self._tasks.begin():
            return
        foreign = [row for row in screen.queue if not row.mine]
        if foreign and self._chance.random() < 0.3:
            self._scan(self._chance.choice(foreign).order)
        elif screen.queue and self._chance.random() < 0.4:
            self._do(Intent.OPEN, self._chance.choice(screen.queue).order)
        else:
            self._do(Intent.NEXT)

    def _scan_step(self, screen: Screen) -> None:
        if self._clumsy():
            self._clumsy_step(screen)
            return
        if self._parcels.looked(screen):
            return
        open_lines = [line for line in screen.lines if line.done + line.short < line.wanted]
        if not open_lines:
            self._do(Intent.MAIN)
            return
        line = next((line for line in open_lines if line.state == "current"), open_lines[0])
        codes = goods.CODES[line.sku]
        self._item(codes[0] if self._chance.random() < 0.9 else self._chance.choice(codes))

    def _item(self, code: str, times: int = 1) -> None:
        self._scan(code, times)
        armed, self._armed = self._armed, 0
        self._bench.senses.unit_counted(code, armed)

    def _clumsy_step(self, screen: Screen) -> None:
        code = self._chance.choice(tuple(goods.UNITS))
        self._chance.choice(
            (
                lambda: self._item(code),
                lambda: self._item(code, 2),
                self._unknown,
                self._undo,
                self._undo,
                lambda: self._do(Intent.SHORT),
                self._damaged,
                self._pause,
                lambda: self._scan("LOC:" + self._chance.choice(goods.SHELVES)),
                lambda: self._scan("TOTE:T-017"),
                lambda: self._scan("LOC:Z-99-9"),
                self._quantity,
                lambda: self._do(Intent.MAIN),
                lambda: self._scan(screen.document or "ORD-1"),
                lambda: self._scan(self._badge()),
                lambda: self._do(Intent.SIGN_OUT),
            )
        )()

    def _unknown(self) -> None:
        self._world.rare.saw("unknown code scanned")
        self._scan(goods.UNKNOWN_CODE)

    def _undo(self) -> None:
        self._do(Intent.UNDO)
        self._count("reverse", "unit undone")

    def _damaged(self) -> None:
        self._do(Intent.DAMAGED)
        self._count("reclassify", "unit damaged")

    def _pause(self) -> None:
        self._world.rare.saw("order paused")
        self._do(Intent.PAUSE)

    def _quantity(self) -> None:
        self._armed = self._chance.choice((2, 3))
        self._do(Intent.CODE, str(self._armed))

    def _count(self, kind: str, state: str) -> None:
        if any(one.kind == kind for one in self._bench.senses.recorded):
            self._world.rare.saw(state)

    # ------------------------------------------------------------------ questions of the task

    def _wait_for_claim(self, _screen: Screen) -> None:
        if self._chance.random() < 0.2:
            self._do(Intent.HOME)

    def _packed_elsewhere(self, _screen: Screen) -> None:
        self._world.rare.saw("packed elsewhere asked")
        self._do(Intent.NO if self._chance.random() < 0.6 else Intent.YES)

    def _short(self, _screen: Screen) -> None:
        self._do(self._chance.choice((Intent.SHORT, Intent.DAMAGED, Intent.NO)))
        self._count("short", "line short")
        self._count("reclassify", "unit damaged")

    def _weigh(self, screen: Screen) -> None:
        if screen.weigh is None or self._chance.random() < 0.1:
            self._chance.choice((self._undo, lambda: self._do(Intent.BOX, "2")))()
            return
        right = screen.weigh.expected.expected_mg
        weight = right * 2 if self._clumsy() else right
        at = self._world.time.ms + 1
        for state, shown, ms in (
            (WeightState.MOVING, weight // 2, at),
            (WeightState.STABLE, weight, at + 1),
        ):
            self._bench.handle(Reading(state, shown, 1_000, "kg", at_ns=ms * 1_000_000))
        if not self._bench.senses.recorded:
            self._do(Intent.MAIN)

    def _off_weight(self, _screen: Screen) -> None:
        self._world.rare.saw("weight off")
        self._do(self._chance.choice((Intent.YES, Intent.YES, Intent.OVERRIDE, Intent.UNDO)))

    def _why(self, screen: Screen) -> None:
        reasons = [one.argument for one in screen.actions if one.intent == Intent.REASON]
        self._do(Intent.REASON, self._chance.choice(reasons))

    def _printing(self, _screen: Screen) -> None:
        if self._chance.random() < 0.1:
            self._undo()

    def _label_failed(self, _screen: Screen) -> None:
        self._do(Intent.MAIN)

    def _label_lost(self, _screen: Screen) -> None:
        self._do(self._chance.choice((Intent.YES, Intent.NO)))

    def _hand_over(self, screen: Screen) -> None:
        if self._clumsy():
            self._chance.choice(
                (self._undo, self._pause, lambda: self._do(Intent.REPRINT, "damaged_label"))
            )()
            return
        offline = self._bench.senses.link != "online"
        if screen.label is not None and self._chance.random() < 0.5:
            self._scan("00" + screen.label.sscc)
        else:
            self._do(Intent.MAIN)
        self._count("ship", "parcel handed over")
        if sum(one.kind == "ship" for one in self._bench.senses.recorded) > 1:
            self._world.rare.saw("several parcels of one order handed over")
        if offline:
            self._count("ship", "parcel handed over offline")

    def _stopped(self, _screen: Screen) -> None:
        if self._chance.random() < 0.5:
            self._scan("LOC:Q-01-1")
        else:
            self._do(Intent.MAIN)
        self._count("unpack", "box emptied after a stop")
