"""When what a lock says counts."""

import pytest

from headtohead.revisions.lock_conditions import admits_version, holds


@pytest.mark.parametrize(
    ("marker", "python", "counts"),
    [
        ("", "", True),
        ("sys_platform == 'linux'", "^3.10", True),
        ("sys_platform == 'linux'", "<3.10", False),
        ("sys_platform == 'win32'", "", False),
        ("extra == 'a' or extra == 'b'", "", True),
        ('extra == "a" and sys_platform == "win32"', "", False),
    ],
)
def test_a_condition_is_a_marker_and_a_python(marker, python, counts):
    environment = {"python_full_version": "3.11.7", "sys_platform": "linux"}
    assert holds(marker, python, environment=environment) is counts


@pytest.mark.parametrize(
    ("constraint", "inside", "outside"),
    [
        ("^1.2", "1.9", "2.0"),
        ("^0.2.3", "0.2.9", "0.3"),
        ("^0", "0.9", "1.0"),
        ("~1.2.3", "1.2.9", "1.3"),
        ("~1", "1.9", "2.0"),
        ("~=1.2", "1.9", "2.0"),
        (">=1,<2 || >=3", "3.1", "2.5"),
        (">=1 <2", "1.5", "2.0"),
        ("1.2.*", "1.2.7", "1.3"),
        ("1.2", "1.2.0", "1.2.1"),
    ],
)
def test_poetrys_versions_are_understood(constraint, inside, outside):
    assert admits_version(constraint, inside)
    assert not admits_version(constraint, outside)
    assert admits_version("", outside)
