-- Fitted models.

CREATE TABLE winback.model_fit (
    fit_id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    model           text NOT NULL CHECK (model IN ('mbg/nbd', 'bg/nbd', 'pareto/nbd', 'gamma/gamma')),
    until           timestamptz NOT NULL CHECK (isfinite(until)),
    unit            interval NOT NULL CHECK (unit > interval '0' AND extract(year FROM unit) = 0
                                             AND extract(month FROM unit) = 0),
    clients         bigint NOT NULL CHECK (clients > 0),
    parameters      jsonb CHECK (parameters ?& CASE model WHEN 'pareto/nbd' THEN '{r,alpha,s,beta}'::text[]
                                                          WHEN 'gamma/gamma' THEN '{p,q,gamma}'
                                                          ELSE '{r,alpha,a,b}' END),
    log_likelihood  double precision,
    standard_errors jsonb,
    status          text NOT NULL CHECK (status IN ('converged', 'not_identified', 'failed')),
    message         text,
    gradient_norm   double precision,
    fitted_at       timestamptz NOT NULL DEFAULT winback.now(),
    CHECK ((parameters IS NULL) = (status = 'failed')),
    CHECK ((message IS NULL) = (status = 'converged')),
    CHECK (status <> 'converged' OR standard_errors IS NOT NULL)
);
COMMENT ON TABLE winback.model_fit IS 'every fit of a model, as winback.fit() has made it; none replaces another';
COMMENT ON COLUMN winback.model_fit.fit_id IS 'number of the fit, which the scores are asked with';
COMMENT ON COLUMN winback.model_fit.model IS
    'mbg/nbd (Batislam, Denizel, Filiztekin 2007), bg/nbd (Fader, Hardie, Lee 2005) or pareto/nbd (Schmittlein, '
    'Morrison, Colombo 1987), of orders; gamma/gamma (Fader, Hardie 2013), of their value';
COMMENT ON COLUMN winback.model_fit.until IS 'the purchases up to this instant are what it was fitted to';
COMMENT ON COLUMN winback.model_fit.unit IS 'the unit of time of its parameters alpha and beta, and of its scores';
COMMENT ON COLUMN winback.model_fit.clients IS
    'number of clients to which it was fitted: who bought; gamma/gamma: who bought on a second day, for more than 0';
COMMENT ON COLUMN winback.model_fit.parameters IS
    'by name: r, alpha, a, b (mbg/nbd, bg/nbd); r, alpha, s, beta (pareto/nbd); p, q, gamma (gamma/gamma, gamma in '
    'money); null: it failed';
COMMENT ON COLUMN winback.model_fit.log_likelihood IS 'natural logarithm, at these parameters';
COMMENT ON COLUMN winback.model_fit.standard_errors IS
    'of the parameters, by name, from the observed information; null: the likelihood is flat there';
COMMENT ON COLUMN winback.model_fit.status IS
    'converged; not_identified: the data leave parameters open, for instance where nobody leaves; failed: no greatest '
    'likelihood was found';
COMMENT ON COLUMN winback.model_fit.message IS 'why it did not converge; null: it did';
COMMENT ON COLUMN winback.model_fit.gradient_norm IS
    'Euclidean norm of the gradient of the log-likelihood by the logarithms of the parameters, in the clients'' mean '
    'age or mean value as unit; 0 at the very top';
COMMENT ON COLUMN winback.model_fit.fitted_at IS 'when it was fitted';

-- What a rule judges by, or has judged by, stays.
ALTER TABLE winback.rule ADD FOREIGN KEY (fit_id) REFERENCES winback.model_fit;
ALTER TABLE winback.rule_history ADD FOREIGN KEY (fit_id) REFERENCES winback.model_fit;

CREATE OR REPLACE VIEW winback.fit_in_force AS
SELECT f.fit_id, f.model, f.until, f.unit, extract(epoch FROM f.unit)::double precision / 86400 AS unit_days
  FROM winback.rule r JOIN winback.model_fit f ON f.fit_id = r.fit_id;
COMMENT ON VIEW winback.fit_in_force IS
    'the fit of a model of orders by which winback.clients scores, and the rule model judges; no row: there is none';
COMMENT ON COLUMN winback.fit_in_force.fit_id IS 'its number in winback.model_fit';
COMMENT ON COLUMN winback.fit_in_force.model IS 'mbg/nbd, bg/nbd or pareto/nbd';
COMMENT ON COLUMN winback.fit_in_force.until IS 'the purchases up to this instant are what it was fitted to';
COMMENT ON COLUMN winback.fit_in_force.unit IS 'its unit of time';
COMMENT ON COLUMN winback.fit_in_force.unit_days IS 'the same in days';

CREATE OR REPLACE VIEW winback.value_fit_in_force AS
SELECT f.fit_id, f.model, f.until
  FROM winback.model_fit f
 WHERE f.model = 'gamma/gamma' AND f.status = 'converged'
 ORDER BY f.until DESC, f.fit_id DESC LIMIT 1;
COMMENT ON VIEW winback.value_fit_in_force IS
    'the fit of gamma/gamma by which winback.clients says what orders are worth: of those that have converged the one '
    'to the latest purchases; no row: there is none';
COMMENT ON COLUMN winback.value_fit_in_force.fit_id IS 'its number in winback.model_fit';
COMMENT ON COLUMN winback.value_fit_in_force.model IS 'gamma/gamma';
COMMENT ON COLUMN winback.value_fit_in_force.until IS 'the purchases up to this instant are what it was fitted to';
