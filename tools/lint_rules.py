# SPDX-License-Identifier: Apache-2.0
"""The rules of the lint: what each construct is, why it converts wrongly, and what to write."""

RULES = {
    "nested-arithmetic": (
        "an arithmetic operation inside a larger expression",
        "Verilog computes it at the width of its surroundings and drops the carry",
        "assign it to a declared signal wide enough for the exact result, and use that",
    ),
    "shift-left-then-right": (
        "a left shift whose result is shifted right",
        "Verilog drops the bits the left shift moves out before the right shift brings them back",
        "assign the left shift to a declared, wider signal first",
    ),
    "lost-sign": (
        "an element or .signed() to the left of another operand, or a signal's .val",
        "the converter then forgets that one side is signed, and Verilog reads both as unsigned",
        "use the signal itself, or assign the left operand to a declared signal first",
    ),
    "inverted-operand": (
        "~ inside a comparison or an arithmetic operation",
        "Verilog first widens the operand to its surroundings and then inverts the added bits too",
        "assign the inverted value to a declared signal first",
    ),
    "division": (
        "/, //, % or **",
        "Verilog rounds towards zero where Python rounds down, and has no checked power",
        "use shifts and slices, or compute constants outside the generator",
    ),
    "match-alternatives": (
        "a match case with |",
        "it converts to the bitwise or of the values, which matches neither",
        "write one case for each value, or a chain of if and elif",
    ),
    "negative-choice": (
        "a negative constant in a chain of if and elif on one signal, or in a match",
        "the chain converts to a case whose unsigned labels never match a negative value",
        "assign the comparison to a declared signal and test that",
    ),
    "conditional-expression": (
        "a conditional expression",
        "the converter loses the sign and the width of its branches, or fails",
        "write an if statement with one assignment in each branch",
    ),
    "function-call": (
        "a call of anything but concat, bool, len, intbv, modbv, range, downrange and .signed()",
        "a numeric helper function converts to a 32-bit Verilog function",
        "inline it, or make it a block of its own",
    ),
    "table-in-expression": (
        "a tuple read inside a larger expression",
        "only a read that is the whole right-hand side converts",
        "assign the entry to a declared signal first",
    ),
    "large-constant": (
        "a constant of 2^30 or more inside a larger expression",
        "it is emitted as an unsigned literal, which makes comparisons and sums unsigned",
        "bound it in Params, or test the bits instead",
    ),
    "integer-variable": (
        "a variable that is neither intbv(...) nor a bool",
        "it converts to a 32-bit integer, or takes its width from its first value",
        "use a declared signal, or start from intbv(...) and assign to variable[:]",
    ),
    "slice-of-expression": (
        "a slice or .signed() of an expression",
        "Verilog can slice only a name or an element of a memory",
        "assign the expression to a declared signal and slice that",
    ),
    "keyword-name": (
        "a generator named by a word that SystemVerilog reserves",
        "the name becomes the label of an always block, which then does not compile",
        "choose another name",
    ),
    "no-signal-read": (
        "an always_comb that reads no signal",
        "its sensitivity list is empty, and the conversion fails",
        "copy the constant from a signal, or use it where it is needed",
    ),
    "augmented-assignment": (
        "an augmented assignment",
        "it converts to a blocking assignment, seen by the statements after it",
        "write target.next = target + value",
    ),
    "instance-decorator": (
        "@instance",
        "it converts to an initial block or to what only a simulator can run",
        "use @always_comb, @always or @always_seq",
    ),
    "chained-comparison": (
        "a chained comparison",
        "the converter refuses it",
        "write two comparisons joined by and",
    ),
}


def message(rule: str, detail: str = "") -> str:
    """Return the text of a finding: the construct, why it is wrong, the remedy."""
    construct, reason, remedy = RULES[rule]
    shown = f"{construct} ({detail})" if detail else construct
    return f"{shown}: {reason}; {remedy}"
