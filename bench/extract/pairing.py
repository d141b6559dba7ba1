"""The assignment with the greatest total gain, without packages: what compares lists needs nothing but Python."""


def matched(gains):
    """Pairs (row, column) of the assignment with the greatest total gain; as many as there are rows or columns.

    >>> matched([[1, 0], [3, 1]])
    [(0, 1), (1, 0)]
    >>> matched([[5, 4, 0], [5, 1, 0]])
    [(0, 1), (1, 0)]
    >>> matched([[1], [2], [0]])
    [(1, 0)]
    >>> matched([])
    []
    """
    if not gains or not gains[0]:
        return []
    if len(gains) > len(gains[0]):
        return sorted((row, column) for column, row in matched([list(side) for side in zip(*gains)]))
    rows, columns = len(gains), len(gains[0])
    # Shortest augmenting paths: a price for each row and column, rows and columns counted from 1, 0 is none.
    of_row, of_column, owner = [0.0] * (rows + 1), [0.0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0], here = row, 0
        least, before, seen = [float("inf")] * (columns + 1), [0] * (columns + 1), [False] * (columns + 1)
        while owner[here]:
            seen[here], mine, step, there = True, owner[here], float("inf"), 0
            for column in range(1, columns + 1):
                if not seen[column]:
                    cost = -gains[mine - 1][column - 1] - of_row[mine] - of_column[column]
                    if cost < least[column]:
                        least[column], before[column] = cost, here
                    if least[column] < step:
                        step, there = least[column], column
            for column in range(columns + 1):
                if seen[column]:
                    of_row[owner[column]] += step
                    of_column[column] -= step
                else:
                    least[column] -= step
            here = there
        while here:
            owner[here], here = owner[before[here]], before[here]
    return sorted((owner[column] - 1, column - 1) for column in range(1, columns + 1) if owner[column])
