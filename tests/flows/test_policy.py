"""The whole policy, written out: role by action by mode, and nothing beside it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.events import Mode, Role
from flows.policy import Action, actions, allowed
from tests.promises.report import Promise

TABLE = """
                   investigator  on_call  coordinator  administrator  monitor  system
screen             -spc          ....     ....         ....           ....        ....
check              -spc          -spc     ....         ....           ....        ....
practice           -spc          -spc     -spc         ....           ....        ....
carry_on           .spc          ..pc     ..p.         ....           ....        ....
judge              -spc          ..p.     ..p.         ....           ....        ....
promote            -spc          ....     ....         ....           ....        ....
hand_over          .s.c          ...c     ....         ....           ....        ....
sign               -spc          ....     ....         ....           ....        ....
follow             ....          ....     -spc         ....           ....        ....
protocol           -spc          -spc     -spc         -spc           -spc        ....
manage_people      ....          ....     ....         -spc           ....        ....
log                -spc          ....     -spc         -spc           -spc        ....
answer_query       ....          ....     -spc         ....           ....        ....
close_trial        ....          ....     ....         -spc           ....        ....
manage_duty        ....          ....     ....         -spc           ....        ....
erase              ....          ....     ....         -spc           ....        ....
"""
"""A letter for each mode in which it is allowed, a dot for a no.

`-` no mode given, `s` screening, `p` practice, `c` quick check.
"""

MODES: tuple[tuple[Mode | None, str], ...] = (
    (None, "-"),
    (Mode.SCREENING, "s"),
    (Mode.PRACTICE, "p"),
    (Mode.QUICK_CHECK, "c"),
)


def written_down() -> dict[tuple[Action, Role, Mode | None], bool]:
    """The table as values; every action and every role must stand in it."""
    head, *rows = TABLE.strip("\n").splitlines()
    roles = [Role(name) for name in head.split()]
    found = {}
    for row in rows:
        name, *cells = row.split()
        for role, cell in zip(roles, cells, strict=True):
            for place, (mode, letter) in enumerate(MODES):
                found[Action(name), role, mode] = cell[place] == letter
    return found


EXPECTED = written_down()


def test_the_table_is_whole(promise: Promise) -> None:
    """A new role, action or mode fails here until somebody has decided about it."""
    assert set(EXPECTED) == set(product(Action, Role, [None, *Mode]))
    promise(22, f"{len(EXPECTED)} cells of role, action and mode stand written down, each compared")


@pytest.mark.parametrize(("action", "role", "mode"), EXPECTED)
def test_each_cell(action: Action, role: Role, mode: Mode | None) -> None:
    """Each role may do exactly what is written down."""
    assert allowed(action, {role}, mode) is EXPECTED[action, role, mode]


@given(st.sampled_from(Action), st.none() | st.sampled_from(Mode))
def test_without_a_role_nothing_is_allowed(action: Action, mode: Mode | None) -> None:
    """Deny by default."""
    assert not allowed(action, frozenset(), mode)
    assert actions(frozenset()) == frozenset()


@given(
    st.sampled_from(Action), st.frozensets(st.sampled_from(Role)), st.none() | st.sampled_from(Mode)
)
def test_several_roles_are_allowed_what_each_is(
    action: Action, roles: frozenset[Role], mode: Mode | None
) -> None:
    """Roles add up and never combine to more."""
    assert allowed(action, roles, mode) == any(EXPECTED[action, role, mode] for role in roles)


def test_an_administrator_and_a_monitor_never_touch_a_patient() -> None:
    """Whoever runs the site or visits it gives no answer, in any mode."""
    looking = {Action.PROTOCOL, Action.LOG}
    running = {Action.MANAGE_PEOPLE, Action.CLOSE_TRIAL, Action.MANAGE_DUTY, Action.ERASE}
    touching = set(Action) - looking - running
    both = {Role.ADMINISTRATOR, Role.MONITOR}
    assert not any(allowed(action, both, mode) for action in touching for mode in [None, *Mode])


def test_the_menu_offers_what_may_be_begun() -> None:
    """What the menu shows for a role is what the table allows without a screening in question."""
    for role in Role:
        depending = {Action.CARRY_ON, Action.HAND_OVER}
        begun = {action for action in Action if EXPECTED[action, role, None]}
        assert actions({role}) - depending == begun - depending
