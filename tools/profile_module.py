#!/usr/bin/env python3
"""Calls the implementation of a CUDA module outside of the judge, for a profiler:

  ncu --set full tools/profile_module.py build/targets/ch09/fused_l2norm/cuda/optimized.so \
      --input x:fp32:65536x2048 --output y:fp32:65536x2048

A profiler and a sandbox do not go together, so nothing here is judged, and times under a profiler are not
the judge's. Inputs are normal numbers for floating types and zeros for others, one block repeated; weights and
parameters are as --input and --param say. Needs an NVIDIA driver, and nothing besides Python.
"""
import argparse
import array
import ctypes
import random
import sys

# name: number of the type in include/aisp/dtype.h, bytes
TYPES = {"fp64": (0, 8), "fp32": (1, 4), "tf32": (2, 4), "fp16": (3, 2), "bf16": (4, 2), "fp8_e4m3": (5, 1),
         "fp8_e5m2": (6, 1), "int8": (7, 1), "int16": (8, 2), "int32": (9, 4), "int64": (10, 8), "uint8": (11, 1)}
BLOCK = 1 << 20  # bytes that are repeated


class Tensor(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("data", ctypes.c_void_p), ("dtype", ctypes.c_uint32),
                ("ndim", ctypes.c_uint32), ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.POINTER(ctypes.c_int64)), ("elements", ctypes.c_uint64)]


class Param(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("value", ctypes.c_double)]


class Launch(ctypes.Structure):
    _fields_ = [("inputs", ctypes.POINTER(Tensor)), ("outputs", ctypes.POINTER(Tensor)),
                ("params", ctypes.POINTER(Param)), ("input_count", ctypes.c_uint32),
                ("output_count", ctypes.c_uint32), ("param_count", ctypes.c_uint32),
                ("reserved", ctypes.c_uint32), ("stream", ctypes.c_void_p)]


SETUP = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Launch), ctypes.POINTER(ctypes.c_void_p))
RUN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Launch), ctypes.c_void_p)


class Implementation(ctypes.Structure):
    _fields_ = [("abi_version", ctypes.c_uint32), ("struct_bytes", ctypes.c_uint32), ("setup", SETUP),
                ("run", RUN), ("teardown", ctypes.c_void_p), ("summary", ctypes.c_char_p)]


def driver():
    try:
        return ctypes.CDLL("libcuda.so.1")
    except OSError as failure:
        sys.exit(f"no NVIDIA driver on this machine: {failure}")


def check(status, what):
    if status != 0:
        sys.exit(f"{what}: CUDA error {status}")


def random_block(dtype):
    if dtype == "fp32":
        return array.array("f", (random.gauss(0, 1) for _ in range(BLOCK // 4))).tobytes()
    if dtype == "fp64":
        return array.array("d", (random.gauss(0, 1) for _ in range(BLOCK // 8))).tobytes()
    if dtype == "bf16":  # the upper halves of fp32
        wide = array.array("f", (random.gauss(0, 1) for _ in range(BLOCK // 2))).tobytes()
        return b"".join(wide[i + 2:i + 4] for i in range(0, len(wide), 4))
    return bytes(BLOCK)


def make_tensor(text, cuda):
    try:
        name, dtype, extents = text.split(":")
        number, width = TYPES[dtype]
        shape = [int(extent) for extent in extents.split("x")]
    except (ValueError, KeyError):
        sys.exit(f"{text}: write NAME:TYPE:EXTENTxEXTENT..., TYPE one of {', '.join(TYPES)}")
    strides = [1] * len(shape)
    for i in range(len(shape) - 2, -1, -1):
        strides[i] = strides[i + 1] * shape[i + 1]
    elements = strides[0] * shape[0]
    memory = ctypes.c_uint64()
    check(cuda.cuMemAlloc_v2(ctypes.byref(memory), ctypes.c_size_t(elements * width)), f"memory for {name}")
    block = random_block(dtype)
    for at in range(0, elements * width, len(block)):
        count = min(len(block), elements * width - at)
        check(cuda.cuMemcpyHtoD_v2(ctypes.c_uint64(memory.value + at), block, ctypes.c_size_t(count)), f"fill {name}")
    extents_of = ctypes.c_int64 * len(shape)
    return Tensor(name.encode(), memory.value, number, len(shape), extents_of(*shape), extents_of(*strides), elements)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog="see the head of this file")
    parser.add_argument("module")
    parser.add_argument("--input", action="append", default=[], metavar="NAME:TYPE:SHAPE")
    parser.add_argument("--output", action="append", default=[], metavar="NAME:TYPE:SHAPE")
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--calls", type=int, default=5)
    options = parser.parse_args()

    cuda = driver()
    context = ctypes.c_void_p()
    check(cuda.cuInit(0), "cuInit")
    check(cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0), "a context on device 0")
    check(cuda.cuCtxSetCurrent(context), "a context on device 0")
    inputs = [make_tensor(text, cuda) for text in options.input]
    outputs = [make_tensor(text, cuda) for text in options.output]
    params = []
    for text in options.param:
        name, _, value = text.partition("=")
        params.append(Param(name.encode(), float(value)))
    launch = Launch((Tensor * len(inputs))(*inputs), (Tensor * len(outputs))(*outputs),
                    (Param * len(params))(*params), len(inputs), len(outputs), len(params), 0, None)

    module = ctypes.CDLL(options.module)
    implementation = Implementation.in_dll(module, "aisp_implementation")
    state = ctypes.c_void_p()
    if implementation.setup and implementation.setup(ctypes.byref(launch), ctypes.byref(state)) != 0:
        sys.exit(f"{options.module}: its setup failed")
    for _ in range(options.calls):
        if implementation.run(ctypes.byref(launch), state) != 0:
            sys.exit(f"{options.module}: its run failed")
        check(cuda.cuCtxSynchronize(), "after a call")
    print(f"{options.calls} calls of {options.module}")


if __name__ == "__main__":
    main()
