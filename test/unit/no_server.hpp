// Included by force before everything that is compiled without a server: from here on a PostgreSQL header, which
// cannot do without these names, does not compile.
#pragma GCC poison PG_VERSION_NUM POSTGRES_H palloc ereport elog
