# Tables of paths on disk: CSV with a record above it of what made the numbers.

COLUMNS <- c("path", "method", "step", "x1", "x2", "value")

# Lets `write` fill a temporary file and renames it to `file` if all goes well, deletes it if not.
whole_file <- function(file, write) {
  dir.create(dirname(file), recursive = TRUE, showWarnings = FALSE)
  name <- paste0(".", Sys.getpid(), "-")
  temporary <- tempfile(name, scratch_folder(dirname(file)), paste0(".", tools::file_ext(file)))
  on.exit(unlink(temporary))
  write(temporary)
  if (!file.rename(temporary, file)) {
    gradpath_stop(paste0(file, ": cannot be written; check the folder and its permissions"))
  }
  invisible(file)
}

# Where files are while they are written: a project's own place, which its next run sweeps; elsewhere the folder
# itself. It can be renamed from there.
scratch_folder <- function(folder) {
  above <- normalizePath(folder)
  repeat {
    if (dir.exists(file.path(above, ".gradpath"))) {
      place <- file.path(above, ".gradpath", "tmp")
      dir.create(place, showWarnings = FALSE)
      return(place)
    }
    if (dirname(above) == above) {
      return(folder)
    }
    above <- dirname(above)
  }
}

# Writes a table with its record, one `# key: value` line each; numbers with 17 significant digits,
# empty where there is none.
write_table <- function(file, table, record) {
  head <- paste0("# ", names(record), ": ", unlist(record))
  numbers <- vapply(table, is.double, TRUE)
  table[numbers] <- lapply(table[numbers], function(column) {
    ifelse(is.na(column), "", sprintf("%.17g", column))
  })
  rows <- do.call(paste, c(unname(as.list(table)), sep = ","))
  text <- paste0(paste(c(head, paste(names(table), collapse = ","), rows), collapse = "\n"), "\n")
  whole_file(file, function(temporary) writeBin(charToRaw(enc2utf8(text)), temporary))
}

# Reads the record above a table.
read_record <- function(file) {
  lines <- readLines(file, encoding = "UTF-8", warn = FALSE)
  lines <- lines[cumsum(!startsWith(lines, "# ")) == 0]
  key <- sub("^# (.*?): .*$", "\\1", lines, perl = TRUE)
  stats::setNames(as.list(sub("^# .*?: ", "", lines, perl = TRUE)), key)
}

# Reads a table; numbers come back to the last bit. Its attribute "record" holds the record.
read_table <- function(file) {
  table <- utils::read.csv(file, comment.char = "#", colClasses = c(path = "character", method = "character"))
  attr(table, "record") <- read_record(file)
  table
}

# The rows of one path by one method, as descend() returns them.
select_path <- function(table, path, method) {
  rows <- table[table$path == path & table$method == method, c("step", "x1", "x2", "value")]
  rownames(rows) <- NULL
  rows
}
