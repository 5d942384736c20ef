"""Operations and error codes of IS-41, and the TCAP codes they are sent as (TIA-41.5 §6.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.errors import EncodeError
from is41.tcap import codes as tcap
from is41.tcap.codes import Tag

from .names import Named

if TYPE_CHECKING:
    from is41.tcap.messages import Invoke, ReturnError

OTHER: Final = 0  # no operation has this specifier
FAMILY: Final = 9  # operation family of TIA-41 among the private operations of T1.114


# fmt: off
class Operation(Named):
    """TIA-41.5 §6.3.2, operation specifiers: family 9 of the private operations of T1.114.

    18, 19 and 21 are IS-41-C's, reserved since.
    """

    HANDOFF_MEASUREMENT_REQUEST               = 0x01, "HandoffMeasurementRequest"
    FACILITIES_DIRECTIVE                      = 0x02, "FacilitiesDirective"
    MOBILE_ON_CHANNEL                         = 0x03, "MobileOnChannel"
    HANDOFF_BACK                              = 0x04, "HandoffBack"
    FACILITIES_RELEASE                        = 0x05, "FacilitiesRelease"
    QUALIFICATION_REQUEST                     = 0x06, "QualificationRequest"
    QUALIFICATION_DIRECTIVE                   = 0x07, "QualificationDirective"
    BLOCKING                                  = 0x08, "Blocking"
    UNBLOCKING                                = 0x09, "Unblocking"
    RESET_CIRCUIT                             = 0x0A, "ResetCircuit"
    TRUNK_TEST                                = 0x0B, "TrunkTest"
    TRUNK_TEST_DISCONNECT                     = 0x0C, "TrunkTestDisconnect"
    REGISTRATION_NOTIFICATION                 = 0x0D, "RegistrationNotification"
    REGISTRATION_CANCELLATION                 = 0x0E, "RegistrationCancellation"
    LOCATION_REQUEST                          = 0x0F, "LocationRequest"
    ROUTING_REQUEST                           = 0x10, "RoutingRequest"
    FEATURE_REQUEST                           = 0x11, "FeatureRequest"
    SERVICE_PROFILE_REQUEST                   = 0x12, "ServiceProfileRequest"
    SERVICE_PROFILE_DIRECTIVE                 = 0x13, "ServiceProfileDirective"
    UNRELIABLE_ROAMER_DATA_DIRECTIVE          = 0x14, "UnreliableRoamerDataDirective"
    CALL_DATA_REQUEST                         = 0x15, "CallDataRequest"
    MS_INACTIVE                               = 0x16, "MSInactive"
    TRANSFER_TO_NUMBER_REQUEST                = 0x17, "TransferToNumberRequest"
    REDIRECTION_REQUEST                       = 0x18, "RedirectionRequest"
    HANDOFF_TO_THIRD                          = 0x19, "HandoffToThird"
    FLASH_REQUEST                             = 0x1A, "FlashRequest"
    AUTHENTICATION_DIRECTIVE                  = 0x1B, "AuthenticationDirective"
    AUTHENTICATION_REQUEST                    = 0x1C, "AuthenticationRequest"
    BASE_STATION_CHALLENGE                    = 0x1D, "BaseStationChallenge"
    AUTHENTICATION_FAILURE_REPORT             = 0x1E, "AuthenticationFailureReport"
    COUNT_REQUEST                             = 0x1F, "CountRequest"
    INTER_SYSTEM_PAGE                         = 0x20, "InterSystemPage"
    UNSOLICITED_RESPONSE                      = 0x21, "UnsolicitedResponse"
    BULK_DEREGISTRATION                       = 0x22, "BulkDeregistration"
    HANDOFF_MEASUREMENT_REQUEST_2             = 0x23, "HandoffMeasurementRequest2"
    FACILITIES_DIRECTIVE_2                    = 0x24, "FacilitiesDirective2"
    HANDOFF_BACK_2                            = 0x25, "HandoffBack2"
    HANDOFF_TO_THIRD_2                        = 0x26, "HandoffToThird2"
    AUTHENTICATION_DIRECTIVE_FORWARD          = 0x27, "AuthenticationDirectiveForward"
    AUTHENTICATION_STATUS_REPORT              = 0x28, "AuthenticationStatusReport"
    INFORMATION_DIRECTIVE                     = 0x2A, "InformationDirective"
    INFORMATION_FORWARD                       = 0x2B, "InformationForward"
    INTER_SYSTEM_ANSWER                       = 0x2C, "InterSystemAnswer"
    INTER_SYSTEM_PAGE_2                       = 0x2D, "InterSystemPage2"
    INTER_SYSTEM_SETUP                        = 0x2E, "InterSystemSetup"
    ORIGINATION_REQUEST                       = 0x2F, "OriginationRequest"
    RANDOM_VARIABLE_REQUEST                   = 0x30, "RandomVariableRequest"
    REDIRECTION_DIRECTIVE                     = 0x31, "RedirectionDirective"
    REMOTE_USER_INTERACTION_DIRECTIVE         = 0x32, "RemoteUserInteractionDirective"
    SMS_DELIVERY_BACKWARD                     = 0x33, "SMSDeliveryBackward"
    SMS_DELIVERY_FORWARD                      = 0x34, "SMSDeliveryForward"
    SMS_DELIVERY_POINT_TO_POINT               = 0x35, "SMSDeliveryPointToPoint"
    SMS_NOTIFICATION                          = 0x36, "SMSNotification"
    SMS_REQUEST                               = 0x37, "SMSRequest"
    OTASP_REQUEST                             = 0x38, "OTASPRequest"
    INFORMATION_BACKWARD                      = 0x39, "InformationBackward"
    CHANGE_FACILITIES                         = 0x3A, "ChangeFacilities"
    CHANGE_SERVICE                            = 0x3B, "ChangeService"
    PARAMETER_REQUEST                         = 0x3C, "ParameterRequest"
    TMSI_DIRECTIVE                            = 0x3D, "TMSIDirective"
    NUMBER_PORTABILITY_REQUEST                = 0x3E, "NumberPortabilityRequest"
    SERVICE_REQUEST                           = 0x3F, "ServiceRequest"
    ANALYZED_INFORMATION_REQUEST              = 0x40, "AnalyzedInformationRequest"
    CONNECTION_FAILURE_REPORT                 = 0x41, "ConnectionFailureReport"
    CONNECT_RESOURCE                          = 0x42, "ConnectResource"
    DISCONNECT_RESOURCE                       = 0x43, "DisconnectResource"
    FACILITY_SELECTED_AND_AVAILABLE           = 0x44, "FacilitySelectedAndAvailable"
    INSTRUCTION_REQUEST                       = 0x45, "InstructionRequest"
    MODIFY                                    = 0x46, "Modify"
    RESET_TIMER                               = 0x47, "ResetTimer"
    SEARCH                                    = 0x48, "Search"
    SEIZE_RESOURCE                            = 0x49, "SeizeResource"
    SRF_DIRECTIVE                             = 0x4A, "SRFDirective"
    T_BUSY                                    = 0x4B, "TBusy"
    T_NO_ANSWER                               = 0x4C, "TNoAnswer"
    RELEASE                                   = 0x4D, "Release"
    SMS_DELIVERY_POINT_TO_POINT_ACK           = 0x4E, "SMSDeliveryPointToPointAck"
    MESSAGE_DIRECTIVE                         = 0x4F, "MessageDirective"
    BULK_DISCONNECTION                        = 0x50, "BulkDisconnection"
    CALL_CONTROL_DIRECTIVE                    = 0x51, "CallControlDirective"
    O_ANSWER                                  = 0x52, "OAnswer"
    O_DISCONNECT                              = 0x53, "ODisconnect"
    CALL_RECOVERY_REPORT                      = 0x54, "CallRecoveryReport"
    T_ANSWER                                  = 0x55, "TAnswer"
    T_DISCONNECT                              = 0x56, "TDisconnect"
    UNRELIABLE_CALL_DATA                      = 0x57, "UnreliableCallData"
    O_CALLED_PARTY_BUSY                       = 0x58, "OCalledPartyBusy"
    O_NO_ANSWER                               = 0x59, "ONoAnswer"
    POSITION_REQUEST                          = 0x5A, "PositionRequest"
    POSITION_REQUEST_FORWARD                  = 0x5B, "PositionRequestForward"
    CALL_TERMINATION_REPORT                   = 0x5C, "CallTerminationReport"
    GEO_POSITION_DIRECTIVE                    = 0x5D, "GeoPositionDirective"
    GEO_POSITION_REQUEST                      = 0x5E, "GeoPositionRequest"
    INTER_SYSTEM_POSITION_REQUEST             = 0x5F, "InterSystemPositionRequest"
    INTER_SYSTEM_POSITION_REQUEST_FORWARD     = 0x60, "InterSystemPositionRequestForward"
    ACG_DIRECTIVE                             = 0x61, "ACGDirective"
    ROAMER_DATABASE_VERIFICATION_REQUEST      = 0x62, "RoamerDatabaseVerificationRequest"
    ADD_SERVICE                               = 0x63, "AddService"
    DROP_SERVICE                              = 0x64, "DropService"
    INTER_SYSTEM_SMS_PAGE                     = 0x65, "InterSystemSMSPage"
    LCS_PARAMETER_REQUEST                     = 0x66, "LCSParameterRequest"
    CHECK_MEID                                = 0x68, "CheckMEID"
    POSITION_EVENT_NOTIFICATION               = 0x6A, "PositionEventNotification"
    INTER_SYSTEM_SMS_DELIVERY_POINT_TO_POINT  = 0x6F, "InterSystemSMSDelivery-PointToPoint"
    QUALIFICATION_REQUEST_2                   = 0x70, "QualificationRequest2"


class ErrorCode(Named):
    """TIA-41.5 §6.3.2, error codes: private errors of T1.114."""

    UNRECOGNIZED_MIN             = 0x81, "UnrecognizedMIN"
    UNRECOGNIZED_ESN             = 0x82, "UnrecognizedESN"
    MIN_HLR_MISMATCH             = 0x83, "MIN/HLRMismatch"
    OPERATION_SEQUENCE_PROBLEM   = 0x84, "OperationSequenceProblem"
    RESOURCE_SHORTAGE            = 0x85, "ResourceShortage"
    OPERATION_NOT_SUPPORTED      = 0x86, "OperationNotSupported"
    TRUNK_UNAVAILABLE            = 0x87, "TrunkUnavailable"
    PARAMETER_ERROR              = 0x88, "ParameterError"
    SYSTEM_FAILURE               = 0x89, "SystemFailure"
    UNRECOGNIZED_PARAMETER_VALUE = 0x8A, "UnrecognizedParameterValue"
    FEATURE_INACTIVE             = 0x8B, "FeatureInactive"
    MISSING_PARAMETER            = 0x8C, "MissingParameter"
# fmt: on

_OPERATIONS: Final = frozenset(Operation)
_ERRORS: Final = frozenset(ErrorCode)


def operation_of(invoke: Invoke) -> Operation | int | None:
    """Tell the IS-41 operation: its bare number where the table lacks it, None where it is none.

    Only a private ``09 xx`` is one. Wireshark takes 0B and 0F for family 9 too.
    """
    tag, octets = invoke.operation
    if tag != Tag.PRIVATE_OPERATION or len(octets) != 2 or octets[0] != FAMILY:
        return None
    specifier = octets[1]
    return Operation(specifier) if specifier in _OPERATIONS else specifier


def operation_code(operation: int) -> tcap.OperationCode:
    """The TCAP operation code of an IS-41 operation. Raises EncodeError."""
    return tcap.OperationCode(Tag.PRIVATE_OPERATION, bytes([FAMILY]) + _octet(operation))


def error_of(error: ReturnError) -> ErrorCode | int | None:
    """Tell the IS-41 error: its bare number where the table lacks it, None where it is none."""
    tag, octets = error.error
    if tag != Tag.PRIVATE_ERROR or len(octets) != 1:
        return None
    code = octets[0]
    return ErrorCode(code) if code in _ERRORS else code


def error_code(error: int) -> tcap.ErrorCode:
    """The TCAP error code of an IS-41 error. Raises EncodeError."""
    return tcap.ErrorCode(Tag.PRIVATE_ERROR, _octet(error))


def _octet(code: int) -> bytes:
    if not 0 <= code <= 0xFF:
        raise EncodeError(f"{code} is not a code of one octet")
    return bytes([code])
