"""TIA-41.5 §6.5.2, values of parameters."""

from enum import IntEnum
from inspect import getmembers, isclass

from is41.map import codes
from is41.map.codes import (
    AuthorizationDenied,
    BorderCellAccess,
    DeregistrationType,
    QualificationInformationCode,
    SystemAccessType,
    SystemCapabilities,
    SystemMyTypeCode,
    TerminalType,
)


def test_values_the_rest_of_the_project_hangs_on() -> None:
    assert AuthorizationDenied(4).name == "DUPLICATE_UNIT"
    assert BorderCellAccess(1).name == "BORDER_CELL_ACCESS"
    assert DeregistrationType(3).name == "POWER_DOWN"
    assert QualificationInformationCode(3).name == "VALIDATION_AND_PROFILE"
    assert SystemAccessType(7).name == "POWER_DOWN_REGISTRATION"
    assert SystemMyTypeCode(34).name == "PHOENIX_WIRELESS"
    assert TerminalType(69).name == "IS_91_A"


def test_no_code_has_two_names() -> None:
    for name, table in getmembers(codes, isclass):
        if issubclass(table, IntEnum) and table.__module__ == codes.__name__:
            assert len(table.__members__) == len(table), name


def test_spare_capabilities_are_kept() -> None:
    capabilities = SystemCapabilities(0xC1)
    assert SystemCapabilities.AUTHENTICATION_PARAMETERS_REQUESTED in capabilities
    assert int(capabilities) == 0xC1
