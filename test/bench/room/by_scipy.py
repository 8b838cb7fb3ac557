"""The MBG/NBD fitted by scipy, as one does who has numpy at hand: the log-likelihood over arrays, L-BFGS-B on the
logarithms of the parameters."""

try:
    import numpy
    from scipy.optimize import minimize
    from scipy.special import betaln, gammaln
except ImportError:
    numpy = None

# (r, alpha, a, b): the pace is left to the search.
STARTS = [(1, 1, 1, 2), (1, 1, 0.3, 3), (1, 1, 2, 20)]
DIFFERENCE = 1e-3  # between logarithms of parameters, for second derivatives


def is_installed():
    return numpy is not None


class Clients:
    """Frequency, recency and age of clients, and how many of them a row is."""

    def __init__(self, rows):
        self.rows = numpy.array([[float(cell) for cell in row] for row in rows])
        self.unique, self.counts = numpy.unique(self.rows, axis=0, return_counts=True)
        self.groups = len(self.counts)

    def single(self):
        """A row a client."""
        return (*numpy.ascontiguousarray(self.rows.T), numpy.ones(len(self.rows)))

    def grouped(self):
        """A row for all that are alike."""
        return (*numpy.ascontiguousarray(self.unique.T), self.counts.astype(float))


def log_likelihood(logarithms, frequency, recency, age, clients):
    """Of all clients."""
    r, alpha, a, b = numpy.exp(logarithms)
    k = r + frequency
    constant = gammaln(k) - gammaln(r) + r * numpy.log(alpha) + betaln(a, b + frequency + 1) - betaln(a, b)
    stayed = -k * numpy.log(alpha + age)
    left = numpy.log(a) - numpy.log(b + frequency) - k * numpy.log(alpha + recency)
    return numpy.sum(clients * (constant + numpy.logaddexp(stayed, left)))


def fit(data, starts, with_errors):
    """The log-likelihood at the top, from so many starts, and perhaps to standard errors, which are not told."""
    total = numpy.sum(data[-1])

    def loss(logarithms):
        return -log_likelihood(logarithms, *data) / total

    # Tighter than its defaults, which stop too far below the top.
    found = min((minimize(loss, numpy.log(start), method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-8})
                 for start in STARTS[:starts]), key=lambda one: one.fun)
    if with_errors:
        standard_errors(lambda logarithms: total * loss(logarithms), found.x)
    return -total * found.fun


def standard_errors(loss, top):
    """Of the logarithms, from second differences."""
    size = len(top)
    steps = DIFFERENCE * numpy.eye(size)
    information = numpy.empty((size, size))
    for i in range(size):
        for j in range(i + 1):
            corners = [sign_i * sign_j * loss(top + sign_i * steps[i] + sign_j * steps[j])
                       for sign_i in (1, -1) for sign_j in (1, -1)]
            information[i, j] = information[j, i] = sum(corners) / (4 * DIFFERENCE**2)
    return numpy.sqrt(numpy.diag(numpy.linalg.inv(information)))
