"""What the numbers in IS-41 parameters mean (TIA-41.5 §6.5.2): one table a class.

A number that its table lacks stays a plain int. The tables are as Wireshark 4.0.17 has them.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag


class AccessDeniedReason(IntEnum):
    """TIA-41.5 §6.5.2.1."""

    UNASSIGNED_DIRECTORY_NUMBER = 1
    INACTIVE = 2
    BUSY = 3
    TERMINATION_DENIED = 4
    NO_PAGE_RESPONSE = 5
    UNAVAILABLE = 6
    SERVICE_REJECTED_BY_MS = 7
    SERVICE_REJECTED_BY_SYSTEM = 8
    SERVICE_TYPE_MISMATCH = 9
    SERVICE_DENIED = 10
    POSITION_DETERMINATION_NOT_SUPPORTED = 12


class AuthenticationCapability(IntEnum):
    """TIA-41.5 §6.5.2.8."""

    NO_AUTHENTICATION_REQUIRED = 1
    AUTHENTICATION_REQUIRED = 2
    AUTHENTICATION_REQUIRED_AND_UIM_CAPABLE = 128


class AuthorizationDenied(IntEnum):
    """TIA-41.5 §6.5.2.13."""

    DELINQUENT_ACCOUNT = 1
    INVALID_SERIAL_NUMBER = 2
    STOLEN_UNIT = 3
    DUPLICATE_UNIT = 4
    UNASSIGNED_DIRECTORY_NUMBER = 5
    UNSPECIFIED = 6
    MULTIPLE_ACCESS = 7
    NOT_AUTHORIZED_FOR_THE_MSC = 8
    MISSING_AUTHENTICATION_PARAMETERS = 9
    TERMINAL_TYPE_MISMATCH = 10
    REQUESTED_SERVICE_CODE_NOT_SUPPORTED = 11


class Period(IntEnum):
    """TIA-41.5 §6.5.2.14 and §6.5.2.53, period of an authorization or of its denial.

    Indefinite is for authorizations only, minutes are for denials only. The value beside it is 0
    where the period needs none (per call, per agreement, indefinite).
    """

    PER_CALL = 1
    HOURS = 2
    DAYS = 3
    WEEKS = 4
    PER_AGREEMENT = 5
    INDEFINITE = 6
    NUMBER_OF_CALLS = 7
    MINUTES = 8


class AvailabilityType(IntEnum):
    """TIA-41.5 §6.5.2.15."""

    UNSPECIFIED_MS_INACTIVITY = 1


class BorderCellAccess(IntEnum):
    """TIA-41.5 §6.5.2.17."""

    BORDER_CELL_ACCESS = 1


class FeatureActivity(IntEnum):
    """TIA-41.5 §6.5.2.20, two bits for each calling feature."""

    NOT_USED = 0
    NOT_AUTHORIZED = 1
    AUTHORIZED_INACTIVE = 2
    AUTHORIZED_ACTIVE = 3


class CancellationDenied(IntEnum):
    """TIA-41.5 §6.5.2.26."""

    MULTIPLE_ACCESS = 1
    BUSY = 2


class CancellationType(IntEnum):
    """TIA-41.5 §6.5.2.27."""

    SERVING_SYSTEM_OPTION = 1
    REPORT_IN_CALL = 2
    DISCONTINUE = 3


class ControlChannelMode(IntEnum):
    """TIA-41.5 §6.5.2.ac."""

    ANALOG = 1
    DIGITAL = 2
    NAMPS = 3


class DenyAccess(IntEnum):
    """TIA-41.5 §6.5.2.54."""

    UNSPECIFIED = 1
    SSD_UPDATE_FAILURE = 2
    COUNT_UPDATE_FAILURE = 3
    UNIQUE_CHALLENGE_FAILURE = 4
    AUTHR_MISMATCH = 5
    COUNT_MISMATCH = 6
    PROCESS_COLLISION = 7
    MISSING_AUTHENTICATION_PARAMETERS = 8
    TERMINAL_TYPE_MISMATCH = 9
    MIN_IMSI_OR_ESN_AUTHORIZATION_FAILURE = 10


class DeregistrationType(IntEnum):
    """TIA-41.5 §6.5.2, DeregistrationType."""

    UNSPECIFIED = 1
    ADMINISTRATIVE = 2
    POWER_DOWN = 3


class TypeOfDigits(IntEnum):
    """TIA-41.5 §6.5.2.58, type of digits."""

    NOT_USED = 0
    DIALED_OR_CALLED_PARTY_NUMBER = 1
    CALLING_PARTY_NUMBER = 2
    CALLER_INTERACTION = 3
    ROUTING_NUMBER = 4
    BILLING_NUMBER = 5
    DESTINATION_NUMBER = 6
    LATA = 7
    CARRIER = 8


class Screening(IntEnum):
    """TIA-41.5 §6.5.2.58, nature of number, bits F and E."""

    USER_PROVIDED_NOT_SCREENED = 0
    USER_PROVIDED_SCREENING_PASSED = 1
    USER_PROVIDED_SCREENING_FAILED = 2
    NETWORK_PROVIDED = 3


class NumberingPlan(IntEnum):
    """TIA-41.5 §6.5.2.58, numbering plan."""

    UNKNOWN = 0
    ISDN = 1
    TELEPHONY = 2  # ITU-T E.164
    DATA = 3  # ITU-T X.121
    TELEX = 4  # ITU-T F.69
    LAND_MOBILE = 6  # ITU-T E.212
    PRIVATE = 7
    SS7_POINT_CODE = 13  # ANSI point code and subsystem number
    INTERNET = 14  # IP address


class Encoding(IntEnum):
    """TIA-41.5 §6.5.2.58, encoding."""

    BCD = 1
    IA5 = 2
    OCTET_STRING = 3


class MscType(IntEnum):
    """TIA-41.5 §6.5.2.64, what an ExtendedMSCID, or one of its like, names."""

    NOT_SPECIFIED = 0
    SERVING_MSC = 1
    HOME_MSC = 2
    GATEWAY_MSC = 3
    HLR = 4
    VLR = 5
    EIR = 6
    AC = 7
    BORDER_MSC = 8
    ORIGINATING_MSC = 9


class GeographicAuthorization(IntEnum):
    """TIA-41.5 §6.5.2.68."""

    ALL_MARKETS_OF_THE_VLR = 1
    THIS_MARKET = 2
    THIS_MARKET_AND_SWITCH = 3
    THIS_LOCATION_AREA = 4


class LirMode(IntEnum):
    """TIA-41.5 §6.5.2.gz, whom the subscriber lets know where the phone is."""

    UNCONDITIONALLY_RESTRICTED = 1
    PREAUTHORIZED_CLIENTS_ONLY = 2
    PREAUTHORIZED_AND_USER_AUTHORIZED_CLIENTS = 3
    UNRESTRICTED = 4


class MessageType(IntEnum):
    """TIA-41.5 §6.5.2.78, type of the messages that wait."""

    VOICE = 0
    SMS = 1
    FAX = 2  # group 3


class OriginationIndicator(IntEnum):
    """TIA-41.5 §6.5.2.89, the calls a subscriber may make."""

    PRIOR_AGREEMENT = 1
    DENIED = 2
    LOCAL_ONLY = 3
    SELECTED_LEADING_DIGITS = 4
    SELECTED_LEADING_DIGITS_AND_LOCAL = 5
    NATIONAL_LONG_DISTANCE = 6
    INTERNATIONAL = 7
    SINGLE_NUMBER = 8


class QualificationInformationCode(IntEnum):
    """TIA-41.5 §6.5.2.99."""

    NO_INFORMATION = 1
    VALIDATION_ONLY = 2
    VALIDATION_AND_PROFILE = 3
    PROFILE_ONLY = 4


class ReportType(IntEnum):
    """TIA-41.5 §6.5.2.112."""

    UNSPECIFIED_SECURITY_VIOLATION = 1
    MSID_ESN_MISMATCH = 2
    RANDC_MISMATCH = 3
    SSD_UPDATE_FAILED = 5
    COUNT_MISMATCH = 7
    UNIQUE_CHALLENGE_FAILED = 9
    UNSOLICITED_BASE_STATION_CHALLENGE = 10
    SSD_UPDATE_NO_RESPONSE = 11
    COUNT_UPDATE_NO_RESPONSE = 12
    UNIQUE_CHALLENGE_NO_RESPONSE = 13
    AUTHR_MISMATCH = 14
    TERMTYP_MISMATCH = 15
    MISSING_AUTHENTICATION_PARAMETERS = 16


class ServiceRedirectionCause(IntEnum):
    """TIA-41.5 §6.5.2.bp."""

    NORMAL_REGISTRATION = 1
    SYSTEM_NOT_FOUND = 2
    PROTOCOL_MISMATCH = 3
    REGISTRATION_REJECTION = 4
    WRONG_SID = 5
    WRONG_NID = 6


class SmsOrigination(IntEnum):
    """TIA-41.5 §6.5.2.136, default."""

    BLOCK_ALL = 0
    ALLOW_SPECIFIC = 2
    ALLOW_ALL = 3


class SsdNotShared(IntEnum):
    """TIA-41.5 §6.5.2, SSDNotShared."""

    DISCARD_SSD = 1


class SystemAccessType(IntEnum):
    """TIA-41.5 §6.5.2.145."""

    UNSPECIFIED = 1
    FLASH_REQUEST = 2
    AUTONOMOUS_REGISTRATION = 3
    CALL_ORIGINATION = 4
    PAGE_RESPONSE = 5
    NO_ACCESS = 6
    POWER_DOWN_REGISTRATION = 7
    SMS_PAGE_RESPONSE = 8
    OTASP = 9


class SystemCapabilities(IntFlag):
    """TIA-41.5 §6.5.2.146.

    Spare bits are kept: they are evidence about the system that sent them.
    """

    AUTHENTICATION_PARAMETERS_REQUESTED = 0x01
    SIGNALING_MESSAGE_ENCRYPTION = 0x02
    VOICE_PRIVACY = 0x04
    CAVE_ALGORITHM = 0x08
    SHARED_SSD = 0x10
    DATA_PRIVACY = 0x20


class SystemMyTypeCode(IntEnum):
    """TIA-41.5 §6.5.2.147, makers of systems. Later registries go on past 34."""

    EDS = 1
    ASTRONET = 2
    LUCENT = 3
    ERICSSON = 4
    GTE = 5
    MOTOROLA = 6
    NEC = 7
    NORTEL = 8
    NOVATEL = 9
    PLEXSYS = 10
    DEC = 11
    INET = 12
    BELLCORE = 13
    ALCATEL_SEL = 14
    COMPAQ = 15
    QUALCOMM = 16
    ALDISCON = 17
    CELCORE = 18
    TELOS = 19
    ADI = 20
    CORAL = 21
    SYNACOM = 22
    DSC = 23
    MCI = 24
    NEWNET = 25
    SEMA = 26
    LG = 27
    CBIS = 28
    SIEMENS = 29
    SAMSUNG = 30
    READYCOM = 31
    AG_COMMUNICATION = 32
    HUGHES = 33
    PHOENIX_WIRELESS = 34


class TerminalType(IntEnum):
    """TIA-41.5 §6.5.2.154, the air interface standard a phone follows."""

    NOT_DISTINGUISHED = 1
    IS_54_B = 2
    IS_136 = 3
    J_STD_011 = 4
    IS_136_A = 5  # or TIA/EIA-136 revision 0
    TIA_136_A = 6
    TIA_136_B = 7
    IS_95 = 32
    IS_95_B = 33
    J_STD_008 = 34
    TIA_95_B = 35
    IS_2000 = 36
    IS_88 = 64
    IS_94 = 65
    IS_91 = 66
    J_STD_014 = 67
    TIA_553_A = 68
    IS_91_A = 69


class TerminationRestrictionCode(IntEnum):
    """TIA-41.5 §6.5.2.157, the calls a subscriber may get."""

    DENIED = 1
    UNRESTRICTED = 2


class UpdateCount(IntEnum):
    """TIA-41.5 §6.5.2, UpdateCount."""

    UPDATE_COUNT = 1
