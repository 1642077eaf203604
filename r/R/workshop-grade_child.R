# The process in which one submission in R is checked, for `gradpath grade`.
#
# It loads everything, says that it is ready, and waits until its limits are set; only then does it touch the
# submission.

# Checks a submission and leaves what was found in result.json. The arguments of the command line are the file, the
# rule, the name of the function or "", and the folder for what it says.
grade_child <- function(arguments = commandArgs(trailingOnly = TRUE)) {
  file <- arguments[[1]]
  rule <- arguments[[2]]
  folder <- arguments[[4]]
  # What is only loaded when a rule first runs is no part of what the submission uses.
  check_rule(UPDATE_RULES[[rule]], rule, steps = 2)
  writeLines(as.character(Sys.getpid()), file.path(folder, "ready.tmp"))
  file.rename(file.path(folder, "ready.tmp"), file.path(folder, "ready"))
  while (!file.exists(file.path(folder, "go"))) Sys.sleep(0.01)
  found <- graded(file, rule, arguments[[3]])
  text <- jsonlite::toJSON(found, auto_unbox = TRUE, null = "null")
  writeLines(text, file.path(folder, "result.tmp"), useBytes = TRUE)
  file.rename(file.path(folder, "result.tmp"), file.path(folder, "result.json"))
  invisible()
}

graded <- function(file, rule, name) {
  room <- new.env(parent = globalenv())
  failed <- tryCatch(
    {
      with_line(sys.source(file, room, keep.source = TRUE))
      NULL
    },
    error = function(problem) failure_text("x", problem)
  )
  if (!is.null(failed)) {
    return(list(verdict = "does not load", first = sub("x: failed: ", "", failed, fixed = TRUE)))
  }
  tryCatch(
    {
      chosen <- chosen_function(room, rule, name)
      report_values(check_rule(get(chosen, room, inherits = FALSE), rule, name = chosen))
    },
    gradpath_error = function(refused) {
      list(verdict = "no rule", first = sub("check_rule(): ", "", conditionMessage(refused), fixed = TRUE))
    }
  )
}

chosen_function <- function(room, rule, name) {
  if (nzchar(name)) {
    if (!exists(name, room, inherits = FALSE)) gradpath_stop(paste0("defines no '", name, "'"))
    return(name)
  }
  if (exists(rule, room, mode = "function", inherits = FALSE)) {
    return(rule)
  }
  found <- Filter(function(key) may_be_rule(room[[key]], rule), ls(room, sorted = FALSE))
  if (length(found) != 1) {
    others <- if (length(found)) paste0("; it has ", paste(found, collapse = ", "), ": say which with --name")
    gradpath_stop(paste0("defines no function '", rule, "' of x, g, state and hyperparameters", others))
  }
  found
}

may_be_rule <- function(value, rule) {
  tryCatch(
    {
      hyperparameters_taken("grade", value, rule)
      TRUE
    },
    gradpath_error = function(refused) FALSE
  )
}
