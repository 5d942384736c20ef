"""Invokes and return results of IS-41 operations (TIA-41.5 §6.4.2), as far as they are typed.

The tables are those of TIA/EIA-41-D with what later texts added. M and O are the tables' own: a
body is read and written without its mandatory parameters too, as versions differ in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from is41.tcap.messages import Component, Invoke, Reject, ReturnError, ReturnResult

from .body import Body, row
from .codes import (
    AuthenticationCapability,
    AuthorizationDenied,
    AvailabilityType,
    BorderCellAccess,
    CancellationDenied,
    CancellationType,
    ControlChannelMode,
    DenyAccess,
    DeregistrationType,
    GeographicAuthorization,
    LirMode,
    OriginationIndicator,
    QualificationInformationCode,
    ReportType,
    ServiceRedirectionCause,
    SsdNotShared,
    SystemAccessType,
    SystemCapabilities,
    SystemMyTypeCode,
    TerminalType,
    TerminationRestrictionCode,
    TypeOfDigits,
    UpdateCount,
)
from .operations import Operation, operation_of
from .parameters import Parameters, parameters_of
from .tags import ParameterTag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .values import (
        Authorization,
        CallingFeaturesIndicator,
        CdmaNetworkIdentification,
        ControlChannelData,
        Digits,
        Esn,
        ExtendedMscid,
        MessageWaitingNotificationCount,
        Mscid,
        OriginationTriggers,
        PcSsn,
        SmsOriginationRestrictions,
        SystemAccessData,
        TransactionCapability,
    )

# Some bodies have Digits of two types, one has two reports.
CARRIER: Final = row(ParameterTag.DIGITS, TypeOfDigits.CARRIER)
DESTINATION: Final = row(ParameterTag.DIGITS, TypeOfDigits.DESTINATION_NUMBER)
SECOND_REPORT: Final = row(ParameterTag.REPORT_TYPE)


# fmt: off
# TIA-41.5 §6.5.2.97, Profile macro: what a subscriber may do.
@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Body):
    """The subscriber's profile, as the bodies that carry it expand it.

    A QualificationRequest's result has 29 of these parameters; it may carry the others as well.
    """

    authentication_capability:          AuthenticationCapability | int | None   = None  # O
    calling_features_indicator:         CallingFeaturesIndicator | None         = None  # O
    carrier_digits:                     Digits | None                           = None  # O
    cdma_service_option_list:           Parameters | None                       = None  # O
    control_network_id:                 bytes | None                            = None  # O
    dmh_account_code_digits:            Digits | None                           = None  # O
    dmh_alternate_billing_digits:       Digits | None                           = None  # O
    dmh_billing_digits:                 Digits | None                           = None  # O
    geographic_authorization:           GeographicAuthorization | int | None    = None  # O
    meid_validated:                     Literal[True] | None                    = None  # O
    message_waiting_notification_count: MessageWaitingNotificationCount | None  = None  # O
    message_waiting_notification_type:  bytes | None                            = None  # O
    mobile_directory_number:            Digits | None                           = None  # O
    mobile_position_capability:         bytes | None                            = None  # O
    origination_indicator:              OriginationIndicator | int | None       = None  # O
    origination_triggers:               OriginationTriggers | None              = None  # O
    paca_indicator:                     bytes | None                            = None  # O
    preferred_language_indicator:       bytes | None                            = None  # O
    qos_priority:                       bytes | None                            = None  # O
    restriction_digits:                 Digits | None                           = None  # O
    routing_digits:                     Digits | None                           = None  # O
    psid_rsid_list:                     Parameters | None                       = None  # O
    sms_origination_restrictions:       SmsOriginationRestrictions | None       = None  # O
    sms_termination_restrictions:       bytes | None                            = None  # O
    spinipin:                           Digits | None                           = None  # O
    spini_triggers:                     bytes | None                            = None  # O
    tdma_data_features_indicator:       bytes | None                            = None  # O
    termination_restriction_code:       TerminationRestrictionCode | int | None = None  # O
    termination_triggers:               bytes | None                            = None  # O
    trigger_address_list:               Parameters | None                       = None  # O
    user_group:                         bytes | None                            = None  # O
    non_public_data:                    bytes | None                            = None  # O
    user_zone_data:                     bytes | None                            = None  # O
    calling_party_category:             bytes | None                            = None  # O
    lir_mode:                           LirMode | int | None                    = None  # O


# TIA-41.5 §6.4.2.37, RegistrationNotification INVOKE.
@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationNotification(Body):
    """REGNOT invoke."""

    electronic_serial_number:       Esn | None                                = None  # M
    mobile_identification_number:   str | None                                = None  # M or IMSI
    imsi:                           str | None                                = None  # M or MIN
    meid:                           str | bytes | None                        = None  # O
    mscid:                          Mscid | None                              = None  # M
    qualification_information_code: QualificationInformationCode | int | None = None  # M
    system_my_type_code:            SystemMyTypeCode | int | None             = None  # M
    availability_type:              AvailabilityType | int | None             = None  # O
    border_cell_access:             BorderCellAccess | int | None             = None  # O
    cdma_network_identification:    CdmaNetworkIdentification | bytes | None  = None  # O
    control_channel_data:           ControlChannelData | None                 = None  # O
    control_channel_mode:           ControlChannelMode | int | None           = None  # O
    extended_mscid:                 ExtendedMscid | None                      = None  # O
    location_area_id:               bytes | None                              = None  # O
    msc_address:                    Digits | None                             = None  # O
    msc_identification_number:      Digits | None                             = None  # O
    pc_ssn:                         PcSsn | None                              = None  # O
    received_signal_quality:        int | None                                = None  # O
    report_type:                    ReportType | int | None                   = None  # O
    service_redirection_cause:      ServiceRedirectionCause | int | None      = None  # O
    sender_identification_number:   Digits | None                             = None  # O
    sms_address:                    Digits | None                             = None  # O
    sms_message_waiting_indicator:  Literal[True] | None                      = None  # O
    system_access_data:             SystemAccessData | bytes | None           = None  # O
    system_access_type:             SystemAccessType | int | None             = None  # O
    system_capabilities:            SystemCapabilities | None                 = None  # O
    terminal_type:                  TerminalType | int | None                 = None  # O
    transaction_capability:         TransactionCapability | None              = None  # O
    win_capability:                 Parameters | None                         = None  # O
    mpc_address:                    Digits | None                             = None  # O
    mpc_address_list:               Parameters | None                         = None  # O


# TIA-41.5 §6.4.2.37, RegistrationNotification RETURN RESULT.
@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationNotificationResult(Profile):
    """REGNOT return result."""

    system_my_type_code:           SystemMyTypeCode | int | None    = None  # M
    analog_redirect_record:        Parameters | None                = None  # O
    authorization_denied:          AuthorizationDenied | int | None = None  # O
    authorization_period:          Authorization | None             = None  # O
    cdma_redirect_record:          Parameters | None                = None  # O
    control_channel_data:          ControlChannelData | None        = None  # O
    denied_authorization_period:   Authorization | None             = None  # O
    digits_carrier:                Digits | None                    = field(default=None, metadata=CARRIER)  # O
    digits_destination:            Digits | None                    = field(default=None, metadata=DESTINATION)  # O
    mscid:                         Mscid | None                     = None  # O
    mobile_identification_number:  str | None                       = None  # O or IMSI
    imsi:                          str | None                       = None  # O or MIN
    received_signal_quality:       int | None                       = None  # O
    service_redirection_info:      bytes | None                     = None  # O
    roaming_indication:            bytes | None                     = None  # O
    sender_identification_number:  Digits | None                    = None  # O
    sms_message_waiting_indicator: Literal[True] | None             = None  # O
    system_access_data:            SystemAccessData | bytes | None  = None  # O


# TIA-41.5 §6.4.2.36, RegistrationCancellation INVOKE.
@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationCancellation(Body):
    """REGCANC invoke."""

    electronic_serial_number:     Esn | None                      = None  # M
    mobile_identification_number: str | None                      = None  # M
    cancellation_type:            CancellationType | int | None   = None  # O
    control_channel_data:         ControlChannelData | None       = None  # O
    received_signal_quality:      int | None                      = None  # O
    sender_identification_number: Digits | None                   = None  # O
    system_access_data:           SystemAccessData | bytes | None = None  # O


# TIA-41.5 §6.4.2.36, RegistrationCancellation RETURN RESULT.
@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationCancellationResult(Body):
    """REGCANC return result."""

    call_history_count:            int | None                      = None  # O
    cancellation_denied:           CancellationDenied | int | None = None  # O
    control_channel_data:          ControlChannelData | None       = None  # O
    received_signal_quality:       int | None                      = None  # O
    sms_message_waiting_indicator: Literal[True] | None            = None  # O
    system_access_data:            SystemAccessData | bytes | None = None  # O


# TIA-41.5 §6.4.2.32, QualificationRequest INVOKE.
@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationRequest(Body):
    """QUALREQ invoke."""

    electronic_serial_number:       Esn | None                                = None  # M
    mobile_identification_number:   str | None                                = None  # M or IMSI
    imsi:                           str | None                                = None  # M or MIN
    qualification_information_code: QualificationInformationCode | int | None = None  # M
    system_my_type_code:            SystemMyTypeCode | int | None             = None  # M
    location_area_id:               bytes | None                              = None  # O
    cdma_network_identification:    CdmaNetworkIdentification | bytes | None  = None  # O
    control_channel_mode:           ControlChannelMode | int | None           = None  # O
    mscid:                          Mscid | None                              = None  # O
    sender_identification_number:   Digits | None                             = None  # O
    system_access_type:             SystemAccessType | int | None             = None  # O
    terminal_type:                  TerminalType | int | None                 = None  # O
    transaction_capability:         TransactionCapability | None              = None  # O
    win_capability:                 Parameters | None                         = None  # O
    non_public_data:                bytes | None                              = None  # O
    user_zone_data:                 bytes | None                              = None  # O
    meid:                           str | bytes | None                        = None  # O


# TIA-41.5 §6.4.2.32, QualificationRequest RETURN RESULT.
@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationRequestResult(Profile):
    """QUALREQ return result."""

    system_my_type_code:         SystemMyTypeCode | int | None    = None  # M
    analog_redirect_record:      Parameters | None                = None  # O
    authorization_denied:        AuthorizationDenied | int | None = None  # O
    authorization_period:        Authorization | None             = None  # O
    cdma_redirect_record:        Parameters | None                = None  # O
    control_channel_mode:        ControlChannelMode | int | None  = None  # O
    denied_authorization_period: Authorization | None             = None  # O
    digits_carrier:              Digits | None                    = field(default=None, metadata=CARRIER)  # O
    digits_destination:          Digits | None                    = field(default=None, metadata=DESTINATION)  # O
    mscid:                       Mscid | None                     = None  # O
    service_redirection_info:    bytes | None                     = None  # O
    roaming_indication:          bytes | None                     = None  # O


# TIA-41.5 §6.4.2.31, QualificationDirective INVOKE.
@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationDirective(Profile):
    """QUALDIR invoke."""

    electronic_serial_number:       Esn | None                                = None  # M
    mobile_identification_number:   str | None                                = None  # M or IMSI
    imsi:                           str | None                                = None  # M or MIN
    qualification_information_code: QualificationInformationCode | int | None = None  # M
    system_my_type_code:            SystemMyTypeCode | int | None             = None  # M
    analog_redirect_record:         Parameters | None                         = None  # O
    authorization_denied:           AuthorizationDenied | int | None          = None  # O
    authorization_period:           Authorization | None                      = None  # O
    cdma_redirect_record:           Parameters | None                         = None  # O
    control_channel_mode:           ControlChannelMode | int | None           = None  # O
    denied_authorization_period:    Authorization | None                      = None  # O
    digits_carrier:                 Digits | None                             = field(default=None, metadata=CARRIER)  # O
    digits_destination:             Digits | None                             = field(default=None, metadata=DESTINATION)  # O
    location_area_id:               bytes | None                              = None  # O
    service_redirection_info:       bytes | None                              = None  # O
    roaming_indication:             bytes | None                              = None  # O
    sender_identification_number:   Digits | None                             = None  # O


# TIA-41.5 §6.4.2.31, QualificationDirective RETURN RESULT.
@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationDirectiveResult(Body):
    """QUALDIR return result: no parameters."""


# TIA-41.5 §6.4.2, MSInactive INVOKE.
@dataclass(frozen=True, slots=True, kw_only=True)
class MSInactive(Body):
    """MSINACT invoke."""

    electronic_serial_number:      Esn | None                      = None  # M
    mobile_identification_number:  str | None                      = None  # M
    call_history_count:            int | None                      = None  # O
    deregistration_type:           DeregistrationType | int | None = None  # O
    destination_digits:            Digits | None                   = None  # O
    location_area_id:              bytes | None                    = None  # O
    sender_identification_number:  Digits | None                   = None  # O
    services_result:               bytes | None                    = None  # O
    sms_message_waiting_indicator: Literal[True] | None            = None  # O
    meid:                          str | bytes | None              = None  # O


# TIA-41.5 §6.4.2, MSInactive RETURN RESULT.
@dataclass(frozen=True, slots=True, kw_only=True)
class MSInactiveResult(Body):
    """MSINACT return result: no parameters."""


# TIA-41.5 §6.4.2, BulkDeregistration INVOKE.
@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDeregistration(Body):
    """BULKDEREG invoke."""

    sender_identification_number: Digits | None = None  # O


# TIA-41.5 §6.4.2, BulkDeregistration RETURN RESULT.
@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDeregistrationResult(Body):
    """BULKDEREG return result: no parameters."""


# TIA-41.5 §6.4.2, UnreliableRoamerDataDirective INVOKE.
@dataclass(frozen=True, slots=True, kw_only=True)
class UnreliableRoamerDataDirective(Body):
    """UNRELDIR invoke."""

    mscid:                        Mscid | None  = None  # O
    sender_identification_number: Digits | None = None  # O


# TIA-41.5 §6.4.2, UnreliableRoamerDataDirective RETURN RESULT.
@dataclass(frozen=True, slots=True, kw_only=True)
class UnreliableRoamerDataDirectiveResult(Body):
    """UNRELDIR return result: no parameters."""


# TIA-41.5 §6.4.2, AuthenticationFailureReport INVOKE.
@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationFailureReport(Body):
    """AFREPORT invoke."""

    electronic_serial_number:     Esn | None                    = None  # M
    mobile_identification_number: str | None                    = None  # M or IMSI
    imsi:                         str | None                    = None  # M or MIN
    report_type:                  ReportType | int | None       = None  # M
    system_access_type:           SystemAccessType | int | None = None  # M
    system_capabilities:          SystemCapabilities | None     = None  # M
    call_history_count:           int | None                    = None  # O
    call_history_count_expected:  int | None                    = None  # O
    mscid:                        Mscid | None                  = None  # O
    report_type_2:                ReportType | int | None       = field(default=None, metadata=SECOND_REPORT)  # O
    sender_identification_number: Digits | None                 = None  # O
    terminal_type:                TerminalType | int | None     = None  # O
    meid:                         str | bytes | None            = None  # O


# TIA-41.5 §6.4.2, AuthenticationFailureReport RETURN RESULT.
@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationFailureReportResult(Body):
    """AFREPORT return result."""

    authentication_algorithm_version:         bytes | None              = None  # O
    authentication_response_unique_challenge: bytes | None              = None  # O
    call_history_count:                       int | None                = None  # O
    carrier_digits:                           Digits | None             = None  # O
    deny_access:                              DenyAccess | int | None   = None  # O
    destination_digits:                       Digits | None             = None  # O
    random_variable_ssd:                      bytes | None              = None  # O
    random_variable_unique_challenge:         bytes | None              = None  # O
    shared_secret_data:                       bytes | None              = None  # O
    routing_digits:                           Digits | None             = None  # O
    ssd_not_shared:                           SsdNotShared | int | None = None  # O
    terminal_type:                            TerminalType | int | None = None  # O
    update_count:                             UpdateCount | int | None  = None  # O


# TIA-41.5 §6.4.2, AuthenticationStatusReport INVOKE.
@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationStatusReport(Body):
    """ASREPORT invoke."""

    electronic_serial_number:            Esn | None                = None  # M
    mobile_identification_number:        str | None                = None  # M or IMSI
    imsi:                                str | None                = None  # M or MIN
    system_capabilities:                 SystemCapabilities | None = None  # M
    count_update_report:                 bytes | None              = None  # O
    meid:                                str | bytes | None        = None  # O
    mscid:                               Mscid | None              = None  # O
    reauthentication_report:             bytes | None              = None  # O
    sender_identification_number:        Digits | None             = None  # O
    service_indicator:                   bytes | None              = None  # O
    signaling_message_encryption_report: bytes | None              = None  # O
    ssd_update_report:                   bytes | None              = None  # O
    unique_challenge_report:             bytes | None              = None  # O
    voice_privacy_report:                bytes | None              = None  # O


# TIA-41.5 §6.4.2, AuthenticationStatusReport RETURN RESULT.
@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationStatusReportResult(Body):
    """ASREPORT return result."""

    authentication_algorithm_version:         bytes | None              = None  # O
    authentication_response_unique_challenge: bytes | None              = None  # O
    call_history_count:                       int | None                = None  # O
    carrier_digits:                           Digits | None             = None  # O
    deny_access:                              DenyAccess | int | None   = None  # O
    destination_digits:                       Digits | None             = None  # O
    random_variable_ssd:                      bytes | None              = None  # O
    random_variable_unique_challenge:         bytes | None              = None  # O
    routing_digits:                           Digits | None             = None  # O
    shared_secret_data:                       bytes | None              = None  # O
    ssd_not_shared:                           SsdNotShared | int | None = None  # O
    update_count:                             UpdateCount | int | None  = None  # O


# TIA-41.5 §6.5.2, parameters of a return error.
@dataclass(frozen=True, slots=True, kw_only=True)
class Failure(Body):
    """What a return error says beside its code."""

    faulty_parameter: ParameterTag | int | bytes | None = None  # O, from memory
# fmt: on


class Bodies(NamedTuple):
    """The typed bodies of an operation."""

    invoke: type[Body]
    result: type[Body]


BODIES: Final[Mapping[int, Bodies]] = {
    Operation.REGISTRATION_NOTIFICATION: Bodies(
        RegistrationNotification, RegistrationNotificationResult
    ),
    Operation.REGISTRATION_CANCELLATION: Bodies(
        RegistrationCancellation, RegistrationCancellationResult
    ),
    Operation.QUALIFICATION_REQUEST: Bodies(QualificationRequest, QualificationRequestResult),
    Operation.QUALIFICATION_DIRECTIVE: Bodies(QualificationDirective, QualificationDirectiveResult),
    Operation.MS_INACTIVE: Bodies(MSInactive, MSInactiveResult),
    Operation.BULK_DEREGISTRATION: Bodies(BulkDeregistration, BulkDeregistrationResult),
    Operation.UNRELIABLE_ROAMER_DATA_DIRECTIVE: Bodies(
        UnreliableRoamerDataDirective, UnreliableRoamerDataDirectiveResult
    ),
    Operation.AUTHENTICATION_FAILURE_REPORT: Bodies(
        AuthenticationFailureReport, AuthenticationFailureReportResult
    ),
    Operation.AUTHENTICATION_STATUS_REPORT: Bodies(
        AuthenticationStatusReport, AuthenticationStatusReportResult
    ),
}


def body_of(component: Component, operation: int | None = None) -> Body | None:
    """Read the typed body of *component*; None where there is none. Raises DecodeError.

    A return result does not say which operation it answers: *operation* is the invoke's.
    """
    if isinstance(component, Invoke):
        operation = operation_of(component)
    typed = None if operation is None else BODIES.get(operation)
    body: type[Body] | None
    match component:
        case Invoke():
            body = typed and typed.invoke
        case ReturnResult():
            body = typed and typed.result
        case ReturnError():
            body = Failure
        case Reject():
            body = None
    return None if body is None else body.decode(parameters_of(component))
