# Begins a course of one's own: a small folder that works at once, written from the template in `inst/course`.

#' @include refusals.R
NULL

COURSE_NAME <- "^[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*$"
COURSE_DEVICE <- "^(con|prn|aux|nul|com[1-9]|lpt[1-9])([.].*)?$"
COURSE_FOLDER <- paste0(
  "the name of a new folder: at most 100 letters and digits, with '-', '_' or '.' between them,",
  " and no device of Windows"
)

#' Begin a course of one's own
#'
#' Writes a course to begin with: declarations, a surface, a lesson and a chapter, in both languages. From R alone,
#' `run_experiments("shared_figures/experiments.yaml", "shared_figures")` computes its figures and
#' [draw_experiments()] draws them; to check both languages and to render the book, `gradpath build` of the Python
#' package does all of it, inside of the folder.
#'
#' @param folder Is made; it may be there if it is empty. Its last part is the title of the course.
#' @return The folder, invisibly. A name that cannot be a folder's everywhere, a folder that is not empty, or one
#'   that cannot be written, stops with one line, and nothing is left behind.
#' @export
#' @examples
#' folder <- file.path(tempdir(), "my-course")
#' new_course(folder)
#' list.files(folder)
new_course <- function(folder) {
  check_course(folder)
  template <- system.file("course", package = "gradpath", mustWork = TRUE)
  meanings <- c("COURSE-NAME" = basename(folder), "GRADPATH-VERSION" = as.character(utils::packageVersion("gradpath")))
  made <- tempfile(paste0(".", Sys.getpid(), "-"), scratch_folder(dirname(folder)))
  on.exit(unlink(made, recursive = TRUE))
  files <- list.files(template, recursive = TRUE)
  for (file in files[!grepl("__pycache__", files, fixed = TRUE)]) {
    # A package of R may hold no hidden files; the template's are written with the dot in words.
    copy <- file.path(made, gsub("(^|/)dot-", "\\1.", file))
    dir.create(dirname(copy), recursive = TRUE, showWarnings = FALSE)
    text <- readChar(file.path(template, file), file.size(file.path(template, file)), useBytes = TRUE)
    for (word in names(meanings)) text <- gsub(word, meanings[[word]], text, fixed = TRUE, useBytes = TRUE)
    refuse_unwritten(folder, suppressWarnings(tryCatch(is.null(writeBin(charToRaw(text), copy)), error = isTRUE)))
  }
  if (dir.exists(folder)) unlink(folder, recursive = TRUE)
  refuse_unwritten(folder, suppressWarnings(file.rename(made, folder)))
  message(
    folder, ": run_experiments(\"shared_figures/experiments.yaml\", \"shared_figures\") computes its figures in R;",
    " to check and render, run 'gradpath build' of the Python package in it"
  )
  invisible(folder)
}

check_course <- function(folder) {
  where <- "new_course()"
  text <- is.character(folder) && length(folder) == 1 && !is.na(folder)
  name <- if (text) basename(folder) else ""
  if (nchar(name) > 100 || !grepl(COURSE_NAME, name) || grepl(COURSE_DEVICE, name, ignore.case = TRUE)) {
    refuse(where, "folder", folder, COURSE_FOLDER)
  }
  if (!dir.exists(dirname(folder))) refuse(where, "folder", folder, "a folder in one that is there")
  link <- !Sys.readlink(folder) %in% c("", NA)
  empty <- dir.exists(folder) && length(list.files(folder, all.files = TRUE, no.. = TRUE)) == 0
  if (link || (file.exists(folder) && !empty)) {
    refuse(where, "folder", folder, "a folder that is new or empty")
  }
}

refuse_unwritten <- function(folder, written) {
  if (!written) gradpath_stop(paste0(folder, ": cannot be written; check the folder and its permissions"))
}
