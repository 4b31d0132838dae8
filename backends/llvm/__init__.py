"""Compiled kernels: chains of calls as machine code, by LLVM.

`chain.compile_chain` is the door. A chain becomes `nodes` on loop `axes`, a `schedule`
of loops, and a `source` in LLVM's language, which `library` translates. `cache` keeps
the machine code for later processes.
"""
