# SPDX-License-Identifier: Apache-2.0
"""The data path of the engine: T tables, read by Q lanes, and an adder tree for each lane."""

from typing import Any

from myhdl import SignalType, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import join, lane, unsigned_signal
from tritproof.rtl.ternary import signed_sum_tree, ternary_table
from tritproof.rtl.ternary.dot import ACTIVATION_WIDTH
from tritproof.rtl.ternary.engine import ENGINE_CONFIGS, LookupParams, fill_ports
from tritproof.rtl.ternary.lanes import add_lanes, lane_ports


def _ports(params: LookupParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        *fill_ports(params, "in"),
        Port("advance", "in", 1, doc="all read and adder registers advance"),
        Port("read_bank", "in", 1, doc="bank being read; never the one being filled"),
        *lane_ports(params),
    )


@block
def ternary_lookup(
    clk: SignalType,
    activations: SignalType,
    fill: SignalType,
    fill_step: SignalType,
    fill_bank: SignalType,
    advance: SignalType,
    read_bank: SignalType,
    codes: SignalType,
    negates: SignalType,
    totals: SignalType,
    params: LookupParams,
) -> Any:
    """Look up and add, for each lane, the dot products of all groups of one step.

    (-1)^negates[q] * totals[q] = sum_t sum_j w_qtj * a_tj, where code (q, t) names the trits w_qtj
    and a_tj are the activations with which the bank read was last filled completely.

    ``1 + ceil(log2 T)`` cycles with ``advance`` from code to total. The rules of filling and
    reading are those of ternary_table.
    """
    table, tree = params.table, params.tree
    count, lanes = params.t, params.q
    all_negates = unsigned_signal(count * lanes)
    all_entries = unsigned_signal(count * lanes * table.entry_width)
    table_negates = [unsigned_signal(lanes) for _ in range(count)]
    table_entries = [unsigned_signal(lanes * table.entry_width) for _ in range(count)]
    table_codes = [unsigned_signal(lanes * table.code_width) for _ in range(count)]
    tree_negates = [unsigned_signal(count) for _ in range(lanes)]
    tree_values = [unsigned_signal(count * tree.term_width) for _ in range(lanes)]
    instances = [join(table_negates, all_negates), join(table_entries, all_entries)]
    for t in range(count):
        instances += [
            join(
                [lane(codes, table.code_width, q * count + t) for q in range(lanes)],
                table_codes[t],
            ),
            instance(
                ternary_table.BLOCK,
                table,
                f"table_{t}",
                clk=clk,
                activations=lane(activations, params.g * ACTIVATION_WIDTH, t),
                fill=fill,
                fill_step=fill_step,
                fill_bank=fill_bank,
                read=advance,
                read_bank=read_bank,
                codes=table_codes[t],
                negates=table_negates[t],
                entries=table_entries[t],
            ),
        ]
    for q in range(lanes):
        instances += [
            join([all_negates(t * lanes + q) for t in range(count)], tree_negates[q]),
            join(
                [lane(all_entries, table.entry_width, t * lanes + q) for t in range(count)],
                tree_values[q],
            ),
        ]
    return instances, add_lanes(clk, advance, tree_negates, tree_values, negates, totals, params)


BLOCK = Block(
    name="ternary_lookup",
    summary="T tables read by Q lanes, with an adder tree for each lane",
    family="ternary",
    rtl=ternary_lookup,
    params=LookupParams,
    # At `bitnet2b` the engine has the data path of `tellme`.
    configs={name: ENGINE_CONFIGS[name].lookup for name in ("tiny", "tiny_q4", "tellme")},
    ports=_ports,
    latency="1 + ceil(log2 T) advancing cycles from code to total",
    throughput="Q * T * G ternary multiply-accumulates per cycle",
    error="none; exact for every int8 activation and every code",
    source="arXiv:2510.15926 section 3.2",
    reference="tritproof.ref.ternary.dot.tlmm_beat",
    children=lambda params: (
        (ternary_table.BLOCK, params.table),
        (signed_sum_tree.BLOCK, params.tree),
    ),
    macs_per_cycle=lambda params: params.macs_per_cycle,
)
