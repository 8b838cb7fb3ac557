// See expression.hpp.
#include "capture/expression.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "capture/clock_words.hpp"
#include "pg/walker.hpp"

extern "C" {
#include "access/sysattr.h"
#include "access/transam.h"
#include "catalog/pg_proc.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "utils/fmgroids.h"
#include "utils/ruleutils.h"
}

namespace winback::capture {

namespace {

// Functions of the server that are stable because they look at the clock, the session or the user. Others that are
// stable depend on settings only, which are pinned.
constexpr std::array kForbiddenFunctions = {
    F_NOW, F_TRANSACTION_TIMESTAMP, F_STATEMENT_TIMESTAMP, F_CURRENT_SETTING_TEXT, F_CURRENT_SETTING_TEXT_BOOL,
    F_CURRENT_USER, F_SESSION_USER, F_CURRENT_DATABASE, F_CURRENT_SCHEMA, F_CURRENT_SCHEMAS, F_PG_BACKEND_PID,
    F_INET_CLIENT_ADDR, F_INET_CLIENT_PORT, F_INET_SERVER_ADDR, F_INET_SERVER_PORT, F_PG_POSTMASTER_START_TIME,
    F_PG_CONF_LOAD_TIME, F_AGE_TIMESTAMP, F_AGE_TIMESTAMPTZ, F_TXID_CURRENT, F_TXID_CURRENT_IF_ASSIGNED,
    F_PG_CURRENT_XACT_ID, F_PG_CURRENT_XACT_ID_IF_ASSIGNED, F_PG_CURRENT_SNAPSHOT, F_TXID_CURRENT_SNAPSHOT,
    F_PG_MY_TEMP_SCHEMA, F_GETPGUSERNAME, F_VERSION, F_PG_IS_IN_RECOVERY, F_AGE_XID,
};

// How the names of further ones begin: those of privileges, catalogs and transactions.
constexpr std::array<std::string_view, 5> kForbiddenPrefixes = {"has_", "pg_", "to_reg", "txid_", "row_security"};

// Casts that cannot fail although they are not marked leakproof.
constexpr std::array kSafeCasts = {F_NUMERIC_INT2,   F_NUMERIC_INT4,   F_NUMERIC_INT8,
                                   F_NUMERIC_FLOAT4, F_NUMERIC_FLOAT8, F_TEXT_BPCHAR};

// What a walk over an analyzed expression found.
struct Findings {
  const char* forbidden = nullptr;
  bool may_fail = false;
  bool foreign = false;   // a function that is not the server's own
  bool unstable = false;  // a function that depends on settings
};

// Whether a stable function of the server looks at the clock, the session or the user.
bool is_forbidden(Oid function) {
  if (std::ranges::find(kForbiddenFunctions, function) != kForbiddenFunctions.end()) return true;
  const char* const found = get_func_name(function);
  const std::string_view name = found ? found : "";
  return std::ranges::any_of(kForbiddenPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

// Judges one function that the expression calls.
bool judge_function(Oid function, void* arg) {
  auto* findings = static_cast<Findings*>(arg);
  const bool own = function < FirstGenbkiObjectId;
  const char volatility = func_volatile(function);
  if (volatility == PROVOLATILE_VOLATILE) findings->forbidden = "a volatile function";
  if (volatility == PROVOLATILE_STABLE) {
    if (!own)
      findings->forbidden = "a function that is not marked IMMUTABLE";
    else if (is_forbidden(function))
      findings->forbidden = "a function of the clock, the session or the user";
    findings->unstable = true;
  }
  if (!own) findings->foreign = true;
  if (!get_func_leakproof(function) && std::ranges::find(kSafeCasts, function) == kSafeCasts.end())
    findings->may_fail = true;
  return false;
}

// Judges every node of the expression.
bool judge_node(Node* node, void* arg) {
  auto* findings = static_cast<Findings*>(arg);
  if (!node) return false;
  switch (nodeTag(node)) {
    case T_SQLValueFunction:
    case T_NextValueExpr:
      findings->forbidden = "a function of the clock, the session or the user";
      break;
    case T_Var:
    case T_Const:
    case T_RelabelType:
    case T_BoolExpr:
    case T_NullTest:
    case T_BooleanTest:
    case T_FuncExpr:
    case T_OpExpr:
    case T_ScalarArrayOpExpr:
    case T_DistinctExpr:
    case T_NullIfExpr:
    case T_CaseExpr:
    case T_CaseWhen:
    case T_CaseTestExpr:
    case T_CoalesceExpr:
    case T_List:
      break;
    case T_CoerceViaIO:
      findings->may_fail = findings->unstable = true;
      break;
    default:
      findings->may_fail = true;
  }
  (void)check_functions_in_node(node, judge_function, findings);
  return expression_tree_walker(node, pg::as_walker(judge_node), arg);
}

// Parses a lone expression; null if the text is anything more or less than that. May raise a syntax error.
Node* parse_raw(const char* text) {
  StringInfoData sql;
  initStringInfo(&sql);
  appendStringInfo(&sql, "SELECT (%s\n)", text);
  List* statements = raw_parser(sql.data, RAW_PARSE_DEFAULT);
  if (list_length(statements) != 1) return nullptr;
  Node* statement = linitial_node(RawStmt, statements)->stmt;
  if (!IsA(statement, SelectStmt)) return nullptr;
  auto* select = reinterpret_cast<SelectStmt*>(statement);
  if (list_length(select->targetList) != 1 || select->fromClause || select->whereClause || select->groupClause ||
      select->havingClause || select->windowClause || select->valuesLists || select->sortClause ||
      select->limitOffset || select->limitCount || select->lockingClause || select->withClause || select->intoClause ||
      select->distinctClause || select->op != SETOP_NONE)
    return nullptr;
  auto* target = linitial_node(ResTarget, select->targetList);
  return target->name || target->indirection ? nullptr : target->val;
}

// Analyzes a parsed expression against a table.
Node* analyze(Node* raw, Relation relation, ParseState* state) {
  ParseNamespaceItem* item = addRangeTableEntryForRelation(state, relation, AccessShareLock, nullptr, false, true);
  addNSItemToQuery(state, item, false, true, true);
  return transformExpr(state, raw, EXPR_KIND_OTHER);
}

// Whether an expression names a system column: a row that is read as a whole has none.
bool names_system_column(Node* node) {
  Bitmapset* columns = nullptr;
  pull_varattnos(node, 1, &columns);
  const int least = bms_next_member(columns, -1);
  return least >= 0 && least + FirstLowInvalidHeapAttributeNumber < 0;
}

// Whether a type is one that the argument may have as it is.
bool fits(Wanted wanted, Oid type) {
  switch (wanted) {
    case Wanted::time:
      return type == TIMESTAMPTZOID || type == TIMESTAMPOID || type == DATEOID;
    case Wanted::seconds:
      return type == INTERVALOID;
    case Wanted::text:
    case Wanted::name:
      return true;  // turned into text by the type's output function where it is needed
    default:
      return false;
  }
}

// What the argument is turned into where its type does not fit as it is.
Oid target_type(Wanted wanted, const pg::KeyType* key) {
  switch (wanted) {
    case Wanted::key:
      return key ? key->oid() : InvalidOid;
    case Wanted::number:
    case Wanted::seconds:
      return NUMERICOID;
    case Wanted::boolean:
      return BOOLOID;
    default:
      return InvalidOid;
  }
}

// What a user is told the argument must be.
std::string wanted_words(Wanted wanted, const pg::KeyType* key) {
  switch (wanted) {
    case Wanted::key:
      return "It must yield the type of the ledger's client keys, " + (key ? key->name() : std::string("any type")) +
             ", or one that is cast to it implicitly.";
    case Wanted::time:
      return "It must yield timestamp with time zone, timestamp or date.";
    case Wanted::number:
      return "It must yield a number or money.";
    case Wanted::seconds:
      return "It must yield a number (of seconds) or an interval.";
    case Wanted::boolean:
      return "It must yield boolean.";
    case Wanted::name:
      return "It must yield a type whose values can be compared.";
    default:
      return {};
  }
}

// The plain result of compiling, without C++ objects: the steps below run in guarded calls.
struct Analysis {
  Node* expression = nullptr;
  Oid found = InvalidOid;
  const char* complaint = nullptr;
  const char* hint = nullptr;
};

// What may be given for an argument.
constexpr const char* kHint = "Give a column of the table, or an expression over its columns.";
constexpr const char* kPlainHint = "Keep the value in a column of the table, and give that column.";

// Parses and analyzes an argument, and turns it into the type that it must have.
Analysis analyze_argument(const char* text, Relation relation, Wanted wanted, Oid target) {
  Analysis result;
  Node* raw = parse_raw(text);
  if (!raw) {
    result.complaint = "It must be a single expression over one row of the table.";
    result.hint = kHint;
    return result;
  }
  const int words = clock_words_in_raw(raw);  // before the analysis, which scribbles on the raw expression
  ParseState* state = make_parsestate(nullptr);
  Node* node = analyze(raw, relation, state);
  if (state->p_hasSubLinks || state->p_hasAggs || state->p_hasWindowFuncs || expression_returns_set(node)) {
    result.complaint = "Subqueries, aggregates, window functions and set-returning functions are not allowed.";
    result.hint = kPlainHint;
    return result;
  }
  if (names_system_column(node)) {
    result.complaint = "System columns are not allowed: they say where a row lies, not what it says.";
    result.hint = kHint;
    return result;
  }
  if (words > clock_words_left(node)) {
    result.complaint = "A literal that means the present, such as 'now', is not allowed.";
    result.hint = kPlainHint;
    return result;
  }
  if (exprType(node) == UNKNOWNOID) node = coerce_to_common_type(state, node, TEXTOID, "winback");
  result.found = exprType(node);
  const Oid base = getBaseType(result.found);
  // The blanks that pad a character(n) are no part of what it says.
  const bool as_it_is = wanted == Wanted::text || wanted == Wanted::name;
  if (as_it_is && base == BPCHAROID) target = TEXTOID;
  if (OidIsValid(target) && (as_it_is || !fits(wanted, base))) {
    const bool numeric_kind =
        TypeCategory(base) == TYPCATEGORY_NUMERIC && base != REGCLASSOID && base != OIDOID;
    if ((wanted == Wanted::number || wanted == Wanted::seconds) && !numeric_kind) return result;
    const CoercionContext how =
        wanted == Wanted::number || wanted == Wanted::seconds ? COERCION_ASSIGNMENT : COERCION_IMPLICIT;
    node = coerce_to_target_type(state, node, result.found, target, -1, how, COERCE_IMPLICIT_CAST, -1);
    if (!node) return result;
  } else if (!OidIsValid(target) && !fits(wanted, base) && wanted == Wanted::time) {
    return result;
  }
  if (wanted == Wanted::name) {
    const TypeCacheEntry* type = lookup_type_cache(base, TYPECACHE_CMP_PROC | TYPECACHE_EQ_OPR);
    if (!OidIsValid(type->cmp_proc) || !OidIsValid(type->eq_opr)) return result;
  }
  assign_expr_collations(state, node);
  result.expression = without_clock_words(node);
  return result;
}

}  // namespace

Expression compile(const Argument& argument, const std::string& text, Relation relation, const pg::KeyType* key) {
  const std::string quoted = "argument \"" + std::string(argument.name) + "\" (" + text + ") of table \"" +
                             RelationGetRelationName(relation) + "\" ";
  // What the server has to say against an expression, with the argument quoted.
  const auto quoting = [&](auto step) {
    try {
      return pg::call(step);
    } catch (const pg::ServerError& error) {
      if (pg::must_pass(error.sqlstate())) throw;
      throw pg::Error(error.sqlstate(), quoted + "cannot be used: " + error.what(),
                      error.data()->detail ? error.data()->detail : "",
                      error.data()->hint ? error.data()->hint : kHint);
    }
  };
  const Analysis analysis = quoting(
      [&] { return analyze_argument(text.c_str(), relation, argument.wanted, target_type(argument.wanted, key)); });
  if (analysis.complaint)
    throw pg::Error(ERRCODE_FEATURE_NOT_SUPPORTED, quoted + "cannot be used", analysis.complaint, analysis.hint);
  if (!analysis.expression) {
    const char* found = pg::call([&] { return format_type_be(analysis.found); });
    throw pg::Error(ERRCODE_DATATYPE_MISMATCH, quoted + "yields type " + found, wanted_words(argument.wanted, key),
                    "Cast it within the expression.");
  }
  Findings findings;
  pg::call([&] { (void)judge_node(analysis.expression, &findings); });
  if (findings.forbidden)
    throw pg::Error(ERRCODE_FEATURE_NOT_SUPPORTED,
                    quoted + "cannot be used: it calls " + std::string(findings.forbidden),
                    "What a row says must follow from the row alone and be the same in every session.", kPlainHint);
  Expression result;
  quoting([&] {
    auto* planned = expression_planner(reinterpret_cast<Expr*>(analysis.expression));
    result.state = ExecInitExpr(planned, nullptr);
    if (IsA(planned, Var)) result.column = std::max<AttrNumber>(0, reinterpret_cast<Var*>(planned)->varattno);
    result.type = getBaseType(exprType(reinterpret_cast<Node*>(planned)));
    bool varlena;
    getTypeOutputInfo(result.type, &result.output, &varlena);
  });
  result.may_fail = findings.may_fail;
  result.needs_role = findings.foreign;
  result.needs_settings = findings.foreign || findings.unstable;
  return result;
}

bool casts_implicitly(Oid from, Oid to) {
  return pg::call([&] { return can_coerce_type(1, &from, &to, COERCION_IMPLICIT); });
}

Oid index_leading_with(const std::string& text, Relation relation) {
  return pg::call([&] {
    Node* raw = parse_raw(text.c_str());
    // As the server keeps the expressions of indexes: constants folded, SQL functions inlined.
    Node* wanted = eval_const_expressions(nullptr, analyze(raw, relation, make_parsestate(nullptr)));
    Oid found = InvalidOid;
    List* indexes = RelationGetIndexList(relation);
    for (int i = 0; i < list_length(indexes) && !OidIsValid(found); ++i) {
      Relation index = index_open(list_nth_oid(indexes, i), AccessShareLock);
      const AttrNumber leading = index->rd_index->indkey.values[0];
      List* predicate = RelationGetIndexPredicate(index);
      List* expressions = RelationGetIndexExpressions(index);
      const bool usable = index->rd_index->indisvalid && predicate == NIL;
      if (usable && leading != 0)
        found = IsA(wanted, Var) && reinterpret_cast<Var*>(wanted)->varattno == leading ? RelationGetRelid(index)
                                                                                       : InvalidOid;
      else if (usable && equal(wanted, linitial(expressions)))
        found = RelationGetRelid(index);
      index_close(index, AccessShareLock);
    }
    return found;
  });
}

Node* meaning_of(const std::string& text, Relation relation) {
  return pg::call([&] {
    Node* raw = parse_raw(text.c_str());
    if (!raw) ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("\"%s\" is no expression", text.c_str())));
    return analyze(raw, relation, make_parsestate(nullptr));
  });
}

std::string spelling_of(Node* meaning, Relation relation) {
  return pg::call([&] {
    List* context = deparse_context_for(RelationGetRelationName(relation), RelationGetRelid(relation));
    return deparse_expression(meaning, context, false, false);
  });
}

bool uses_column(Node* meaning, AttrNumber column) {
  return pg::call([&] {
    Bitmapset* used = nullptr;
    pull_varattnos(meaning, 1, &used);
    // The row as a whole (column 0) is used in every column.
    return bms_is_member(column - FirstLowInvalidHeapAttributeNumber, used) ||
           bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, used);
  });
}

}  // namespace winback::capture
