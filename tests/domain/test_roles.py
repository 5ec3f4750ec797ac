"""The whole matrix of roles and permissions, every cell said once more by hand."""

from itertools import product

import pytest

from app.domain.roles import CONFLICTS, ROLES, Permission, Role, may

# c clerk, l packer lead, o controller, s supervisor, m site manager, a auditor, d admin,
# i integration
MATRIX = {
    "work": "closm",
    "count": "closm",
    "adjust": "closm",
    "ask": "l osm i",
    "decide": "osm",
    "accept_count": "osm",
    "release_held": "sm",
    "resolve": "osm",
    "take_over": "lsm",
    "override": "lsm",
    "edit_master": "omi",
    "send_documents": "omi",
    "set_policy": "d",
    "manage_people": "d",
    "manage_stations": "d",
    "review_access": "md",
    "read": "closmadi",
    "export": "osmai",
    "audit": "a",
}
LETTERS = dict(zip("closmadi", Role, strict=True))


@pytest.mark.parametrize(("role", "permission"), list(product(Role, Permission)))
def test_every_cell_of_the_matrix_is_as_agreed(role: Role, permission: Permission) -> None:
    allowed = {LETTERS[letter] for letter in MATRIX[permission.value].replace(" ", "")}

    assert may(role.value, permission) is (role in allowed)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", ["", "Clerk", "root", "clerk ", "none"])
def test_a_role_nobody_knows_may_nothing(role: str, permission: Permission) -> None:
    assert not may(role, permission)


@pytest.mark.parametrize(("one", "other"), CONFLICTS)
def test_no_role_holds_two_permissions_that_belong_apart(
    one: Permission, other: Permission
) -> None:
    assert not [role for role, held in ROLES.items() if {one, other} <= held]
