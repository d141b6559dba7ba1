"""Runs a command and prints what it and all its children used, as the kernel counted it."""
import resource
import subprocess
import sys

ended = subprocess.run(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"measured cpu_s {used.ru_utime + used.ru_stime:.3f} peak_mib {used.ru_maxrss / 1024:.0f} exit {ended.returncode}")
