"""Every planted bug, and what finds it: the first seeds, a schedule played on purpose, or both."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from random import Random

from app.simulation.knobs import draw
from tests.simulation import planted, planted_evidence, planted_tasks, schedules, seldom
from tests.simulation.planted import Plant

Schedule = Callable[[Path], list[str]]

# Seeds tried until the bug shows: twice the unluckiest found so far.
SEEDS = 12
# How long a search goes on for what chance reaches seldom.
LONG_SEARCH = 100
# The first seed of a long search that showed each is tried first; seed 0 where it does.
FIRST: dict[Plant, int] = {
    planted.cursor_before_rows: 8,
    planted.ordered_by_clock: 1,
    planted.sent_counts_as_acknowledged: 4,
    planted.known_by_place: 3,
    planted.answer_before_commit: 67,
    planted.results_mixed_up: 23,
    planted.facts_refused: 5,
    planted.clamped_at_zero: 3,
    planted.scans_not_finished_after_a_crash: 8,
    planted.exceptions_not_opened: 5,
    planted.signatures_believed: 24,
    planted.one_person_suffices: 4,
    planted.unsigned_is_fine: 4,
    planted_tasks.move_posts_only_its_target: 10,
    planted_tasks.undo_recorded_twice: 5,
    planted_tasks.takeover_loses_a_unit: 1,
    planted_tasks.transfer_counted_at_both_ends: 1,
    planted_tasks.typed_number_forgotten: 1,
    planted_tasks.picked_into_another_tote: 17,
    planted_evidence.plan_loses_its_last_place: 69,
    planted_evidence.edit_only_said: 76,
}

# A station asks for what it was promised and did not get, so that a short shift hardly shows this
# one: its first seed is played whole.
WHOLE: frozenset[Plant] = frozenset({planted.answer_before_commit})

BY_CHANCE: tuple[Plant, ...] = (
    planted.no_idempotency_row,
    planted.synchronous_normal,
    planted.cursor_before_rows,
    planted.cursor_passes_a_row,
    planted.ordered_by_clock,
    planted.id_minted_at_send,
    planted.sent_counts_as_acknowledged,
    planted.no_epoch_nor_chain,
    planted.known_by_place,
    planted.answer_before_commit,
    planted.facts_refused,
    planted.clamped_at_zero,
    planted.poison_blocks_the_batch,
    planted.announced_before_commit,
    planted.pending_effects_kept,
    planted.scans_not_finished_after_a_crash,
    planted.exceptions_not_opened,
    planted.results_mixed_up,
    planted.signatures_believed,
    planted.one_person_suffices,
    planted.unsigned_is_fine,
    planted_tasks.move_posts_only_its_target,
    planted_tasks.undo_recorded_twice,
    planted_tasks.takeover_loses_a_unit,
    planted_tasks.transfer_counted_at_both_ends,
    planted_tasks.typed_number_forgotten,
    planted_tasks.returns_are_all_good,
    planted_tasks.picked_into_another_tote,
    planted_evidence.plan_loses_its_last_place,
    planted_evidence.edit_only_said,
)
# Only where somebody works at it can it be seen: seeds without are left out of a search.
TASKS: dict[Plant, str] = {
    planted_evidence.plan_loses_its_last_place: "plan",
    planted_evidence.edit_only_said: "edit",
}
# What only a long search finds by chance; each has a schedule.
SELDOM: tuple[Plant, ...] = (
    planted.forgotten_on_acknowledgement,
    planted.refusals_forgotten,
    planted.confirmed_by_id_alone,
    planted.fates_only_at_the_next_start,
)
DIRECTED: tuple[tuple[Plant, Schedule], ...] = (
    (planted.forgotten_on_acknowledgement, schedules.restored_behind_an_acknowledgement),
    (planted.no_confirm_rule, schedules.restored_behind_an_acknowledgement),
    (planted.promises_forgotten, schedules.restored_and_silent),
    (planted.refusals_forgotten, seldom.refused_and_free_when_asked_again),
    (planted.confirmed_by_id_alone, seldom.used_id_seen_before_it_is_sent),
    (planted.fates_only_at_the_next_start, seldom.answered_on_a_full_disk),
    (planted_evidence.photos_not_kept, seldom.photographed),
    (planted_evidence.export_not_told, seldom.exported_by_a_controller),
    (planted_evidence.stock_list_without_pending, seldom.exported_by_a_controller),
    (planted_evidence.wishes_forgotten, seldom.wished_before_a_stop),
    (planted.synchronous_normal, schedules.power_cut_after_a_tone),
    (planted.known_by_place, schedules.cloned_at_one_sequence),
    (planted_tasks.count_overwrites_moves_since, schedules.moved_while_somebody_counts),
    (
        planted_tasks.what_waits_is_not_taken_back,
        seldom.taken_back_before_the_ledger_made_it_wait,
    ),
    (planted_tasks.takeover_loses_a_unit, schedules.taken_over_half_packed),
)
# Each must leave the sound code clean, too.
SCHEDULES: tuple[Schedule, ...] = (
    *dict.fromkeys(schedule for _, schedule in DIRECTED),
    schedules.ledger_dies_before_its_commit,
    seldom.numbered_after_the_scan,
)


def seeds_for(plant: Plant) -> Iterator[int]:
    """Seeds from 0 on in which a planted bug could be seen."""
    task = TASKS.get(plant, "")
    for seed in count():
        if not task or task in draw(Random(seed)).tasks:
            yield seed
