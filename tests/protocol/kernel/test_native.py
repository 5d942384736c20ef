"""Machine code in memory."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from llvmlite import binding

import pythons
from is41.kernel.native import loaded, platform
from is41.kernel.store import MachineCode

HERE = Path(__file__).parent, Path(pythons.__file__).parent
ASSEMBLY = """
define i32 @{name}(i8* %returned, i8* %raised, i64 %words) {{
    %first = inttoptr i64 %words to i64*
    %before = load i64, i64* %first
    %after = mul i64 %before, 3
    store i64 %after, i64* %first
    ret i32 {code}
}}
"""


def machine_code(name: str, code: int) -> MachineCode:
    """A function that triples its first word, and ends with *code*."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine(reloc="static", jit=True)
    module = binding.parse_assembly(ASSEMBLY.format(name=name, code=code))
    return MachineCode(name, machine.emit_object(module))


def test_it_is_called_with_the_address_of_its_words() -> None:
    words = array("q", [14, 1])
    loaded(machine_code("tripled", 0))(words.buffer_info()[0])
    assert words.tolist() == [42, 1]


def test_a_kernel_that_raises_is_a_fault_of_ours() -> None:
    words = array("q", [1])
    with pytest.raises(SystemError, match="raising"):
        loaded(machine_code("raising", 1))(words.buffer_info()[0])


SCRIPT = """
import threading
from array import array
from concurrent.futures import ThreadPoolExecutor
from llvmlite import binding
from is41.kernel.native import loaded
from test_native import machine_code

codes = [machine_code(f"tripled_{at}", 0) for at in range(4)]
engines, second = [], threading.Event()
create = binding.create_mcjit_compiler

def slow(*arguments):
    engines.append(None)
    if len(engines) > 1:
        second.set()
    second.wait(0.2)
    return create(*arguments)

binding.create_mcjit_compiler = slow
with ThreadPoolExecutor(4) as threads:
    entries = list(threads.map(loaded, codes))
words = array("q", [14])
for entry in entries:
    entry(words.buffer_info()[0])
print(len(engines), words[0])
"""


def test_threads_that_load_at_once_share_one_engine() -> None:
    assert pythons.run(SCRIPT, *HERE) == f"1 {14 * 3**4}"


def test_a_platform_is_told_alike_in_every_process() -> None:
    assert pythons.run("from is41.kernel.native import platform; print(platform())") == platform()
