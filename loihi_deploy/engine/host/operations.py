"""Operations of the host's program, and the alarms that they raise."""

(
    TIME, COPY, ADD, MULTIPLY_ADD, ROWS_ADD, MATRIX_ADD, LOWPASS, INTEGRATE_AND_FIRE, SEND, ERROR,
    CHECK,
) = range(11)  # fmt: skip

OPERANDS = ("y", "x", "a", "b")
WIDTH = 3 + 3 * len(OPERANDS)
"""Numbers of an instruction: the operation, two lengths, and operands with two strides each."""

MAX_ERROR = 127  # of PES on the chip
ERROR_ABOVE, ERROR_BELOW, NOT_FINITE = 1, 2, 4  # alarms
