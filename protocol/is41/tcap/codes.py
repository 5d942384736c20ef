"""Identifiers and codes of ANSI TCAP (T1.114.3), all tags of the private class."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class PackageType(IntEnum):
    """T1.114.3, package type identifiers."""

    UNIDIRECTIONAL = 0xE1
    QUERY_WITH_PERMISSION = 0xE2
    QUERY_WITHOUT_PERMISSION = 0xE3
    RESPONSE = 0xE4
    CONVERSATION_WITH_PERMISSION = 0xE5
    CONVERSATION_WITHOUT_PERMISSION = 0xE6
    ABORT = 0xF6


class ComponentType(IntEnum):
    """T1.114.3, component type identifiers."""

    INVOKE_LAST = 0xE9
    RETURN_RESULT_LAST = 0xEA
    RETURN_ERROR = 0xEB
    REJECT = 0xEC
    INVOKE_NOT_LAST = 0xED
    RETURN_RESULT_NOT_LAST = 0xEE


class Tag(IntEnum):
    """T1.114.3, identifiers of the elements inside packages and components."""

    TRANSACTION_ID = 0xC7
    COMPONENT_IDS = 0xCF
    NATIONAL_OPERATION = 0xD0
    PRIVATE_OPERATION = 0xD1
    NATIONAL_ERROR = 0xD3
    PRIVATE_ERROR = 0xD4
    PROBLEM = 0xD5
    ABORT_CAUSE = 0xD7
    COMPONENT_SEQUENCE = 0xE8
    USER_ABORT_INFORMATION = 0xF8
    DIALOGUE_PORTION = 0xF9


class ParameterTag(IntEnum):
    """T1.114.3, identifiers under which the parameters of a component stand."""

    SEQUENCE_UNIVERSAL = 0x30  # older senders
    SEQUENCE = 0xF0
    SET = 0xF2


class AbortCause(IntEnum):
    """T1.114.3, P-abort causes."""

    UNRECOGNIZED_PACKAGE_TYPE = 1
    INCORRECT_TRANSACTION_PORTION = 2
    BADLY_STRUCTURED_TRANSACTION_PORTION = 3
    UNASSIGNED_RESPONDING_TRANSACTION_ID = 4
    PERMISSION_TO_RELEASE_PROBLEM = 5
    RESOURCE_UNAVAILABLE = 6
    UNRECOGNIZED_DIALOGUE_PORTION_ID = 7
    BADLY_STRUCTURED_DIALOGUE_PORTION = 8
    MISSING_DIALOGUE_PORTION = 9
    INCONSISTENT_DIALOGUE_PORTION = 10


class Problem(IntEnum):
    """T1.114.3, problem codes of a reject: type in the high octet, specifier in the low."""

    GENERAL_UNRECOGNIZED_COMPONENT_TYPE = 0x0101
    GENERAL_INCORRECT_COMPONENT_PORTION = 0x0102
    GENERAL_BADLY_STRUCTURED_COMPONENT_PORTION = 0x0103
    GENERAL_INCORRECT_COMPONENT_CODING = 0x0104
    INVOKE_DUPLICATE_INVOKE_ID = 0x0201
    INVOKE_UNRECOGNIZED_OPERATION = 0x0202
    INVOKE_INCORRECT_PARAMETER = 0x0203
    INVOKE_UNRECOGNIZED_CORRELATION_ID = 0x0204
    RETURN_RESULT_UNRECOGNIZED_CORRELATION_ID = 0x0301
    RETURN_RESULT_UNEXPECTED = 0x0302
    RETURN_RESULT_INCORRECT_PARAMETER = 0x0303
    RETURN_ERROR_UNRECOGNIZED_CORRELATION_ID = 0x0401
    RETURN_ERROR_UNEXPECTED = 0x0402
    RETURN_ERROR_UNRECOGNIZED_ERROR = 0x0403
    RETURN_ERROR_UNEXPECTED_ERROR = 0x0404
    RETURN_ERROR_INCORRECT_PARAMETER = 0x0405
    TRANSACTION_UNRECOGNIZED_PACKAGE = 0x0501
    TRANSACTION_INCORRECT = 0x0502
    TRANSACTION_BADLY_STRUCTURED = 0x0503
    TRANSACTION_UNASSIGNED_RESPONDING_ID = 0x0504
    TRANSACTION_PERMISSION_TO_RELEASE = 0x0505
    TRANSACTION_RESOURCE_UNAVAILABLE = 0x0506


class OperationCode(NamedTuple):
    """A national or private operation: for IS-41 private, family 9 and a specifier."""

    tag: int
    octets: bytes


class ErrorCode(NamedTuple):
    """A national or private error code: for IS-41 private, one octet."""

    tag: int
    octets: bytes
