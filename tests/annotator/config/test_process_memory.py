"""The limit above which glibc maps buffers on their own, in a process of its own: it can't be taken back."""

import subprocess
import sys

CODE = """
import ctypes
from annotator.config.process_memory import LARGE_BYTES, give_large_buffers_back
give_large_buffers_back()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
for _ in range(3):
    libc.free(libc.malloc(4 * LARGE_BYTES))
def mapped():
    words = [line.split("-") for line in open("/proc/self/maps")]
    return {int(start, 16) for start, *_ in words}
before = mapped()
libc.malloc(3 * LARGE_BYTES)
print(len(mapped() - before))
"""


def test_a_large_buffer_gets_a_mapping_of_its_own_also_after_larger_ones_were_freed() -> None:
    result = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=True)

    assert int(result.stdout) >= 1
    # Without the limit the buffers that were freed teach glibc to serve such sizes from the heap.
    plain = CODE.replace("give_large_buffers_back()\nlibc", "libc")
    result = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, timeout=60, check=True)
    assert int(result.stdout) == 0
