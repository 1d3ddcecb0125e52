// Read before every source of a model: Verilator's sign extension in one operation less.
//
// Verilator extends by (-(x & sign) | x); a shift up and an arithmetic shift down give the same
// bits. An adder tree extends a sign at every node.
#include "verilated.h"

#define VL_EXTENDS_II(to_bits, from_bits, value) \
    static_cast<IData>(static_cast<int32_t>((value) << (32 - (from_bits))) >> (32 - (from_bits)))
