"""What the HLR is told: QualificationDirective, TIA-41.5 §6.4.2.31.

Not in the standard: it is an HLR that tells a VLR so. To suspend it says AuthorizationDenied,
duplicate unit; to restore it says no denial, and AuthorizationPeriod indefinite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.store.outbox import SUSPENSION
from is41.map.codes import (
    AuthorizationDenied,
    Period,
    QualificationInformationCode,
    SystemMyTypeCode,
)
from is41.map.messages import QualificationDirective
from is41.map.values import Authorization, Esn
from is41.msid import IMSI_LENGTH_FACTOR, msid_digits

if TYPE_CHECKING:
    from .items import Order

OURS: Final = SystemMyTypeCode.LUCENT  # of some maker it must be
FOREVER: Final = Authorization(period=Period.INDEFINITE, value=0)


def directive(kind: str, order: Order) -> QualificationDirective:
    """The invoke's parameters."""
    digits, is_imsi = msid_digits(order.msid), order.msid >= IMSI_LENGTH_FACTOR
    suspends = kind == SUSPENSION
    return QualificationDirective(
        electronic_serial_number=Esn(order.esn),
        mobile_identification_number=None if is_imsi else digits,
        imsi=digits if is_imsi else None,
        qualification_information_code=QualificationInformationCode.VALIDATION_ONLY,
        system_my_type_code=OURS,
        authorization_denied=AuthorizationDenied.DUPLICATE_UNIT if suspends else None,
        authorization_period=None if suspends else FOREVER,
    )
