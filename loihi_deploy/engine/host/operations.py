"""Operations of the host's program, its operands, and the alarms that it raises."""

(
    TIME, COPY, ADD, MULTIPLY_ADD, ROWS_ADD, MATRIX_ADD, LOWPASS, SEND, ERROR, CHECK,
    RECTIFIED_LINEAR, SPIKING_RECTIFIED_LINEAR, LOIHI_SPIKING_RECTIFIED_LINEAR, REGULAR_SPIKING,
    SIGMOID, TANH, LIF_RATE, ADAPTIVE_LIF_RATE, LIF, LOIHI_LIF, ADAPTIVE_LIF, IZHIKEVICH,
) = range(22)  # fmt: skip
FIRST_NEURONS = RECTIFIED_LINEAR  # neurons are the last operations

OPERANDS = ("y", "x", "a", "b", "c", "d")
STATES = ("a", "c", "d")  # of filters and neurons
WIDTH = 3 + 3 * len(OPERANDS)
"""Numbers of an instruction: the operation, two lengths, and operands with two strides each."""

N_STATES = {
    LOWPASS: 1, SPIKING_RECTIFIED_LINEAR: 1, LOIHI_SPIKING_RECTIFIED_LINEAR: 1, REGULAR_SPIKING: 1,
    ADAPTIVE_LIF_RATE: 1, LIF: 2, LOIHI_LIF: 2, ADAPTIVE_LIF: 3, IZHIKEVICH: 2,
}  # fmt: skip
"""Number of states that an operation changes, beside its result."""

WITH_FACTORS = frozenset({MULTIPLY_ADD, ROWS_ADD, MATRIX_ADD, ERROR})
"""Operations whose operand ``a`` is a vector of factors."""

MAX_ERROR = 127  # of PES on the chip
ERROR_ABOVE, ERROR_BELOW, NOT_FINITE = 1, 2, 4  # alarms
