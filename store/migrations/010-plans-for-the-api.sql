-- Explanation, back-test and ledger judge by a wearer's plan as the evaluator does: with when it was last changed.
GRANT SELECT (plan_changed_at) ON wearer TO gelang_api;
