//! The command line: one file per subcommand, output, errors, exit codes.
