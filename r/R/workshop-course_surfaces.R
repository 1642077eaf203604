# Surfaces of a project's own: files that a teacher lays into `python/surfaces` and `r/surfaces`.

#' @include declarations.R refusals.R surfaces.R
NULL

# By name; SURFACES lists them behind the package's own.
COURSE_SURFACES <- new.env(parent = emptyenv())

#' Load the surfaces of a project
#'
#' Makes them known by their names, as those of the package are. Every file `r/surfaces/<name>.R` defines `SURFACE`,
#' a surface of that name. A name stays known until this session ends; read again, the file that says something
#' else by then counts. Declarations do this by themselves for the project that they lie in; a lesson that names
#' such a surface asks for it.
#'
#' @param project Its folder; the working folder if left out.
#' @return Their names, in alphabetical order; none where a project has none. A file that fails, or that does not
#'   define the surface of its name, stops with one line.
#' @export
#' @examples
#' load_surfaces()
load_surfaces <- function(project = ".") {
  if (!is.character(project) || length(project) != 1 || is.na(project)) {
    refuse("load_surfaces()", "project", project, "the name of a folder")
  }
  files <- list.files(file.path(project, "r", "surfaces"), "[.]R$", full.names = TRUE)
  files <- files[order(basename(files), method = "radix")]
  found <- lapply(files, read_course_surface)
  names <- vapply(found, attr, "", "name")
  for (i in seq_along(found)) assign(names[[i]], found[[i]], envir = COURSE_SURFACES)
  names
}

# Loads the surfaces of the project in whose `shared_figures` a declaration lies.
read_course_surfaces <- function(declaration) {
  if (is.character(declaration) && length(declaration) == 1 && !is.na(declaration)) {
    folder <- dirname(normalizePath(declaration, mustWork = FALSE))
    if (basename(folder) == "shared_figures") load_surfaces(dirname(folder))
  }
}

read_course_surface <- function(file) {
  name <- tools::file_path_sans_ext(basename(file))
  where <- paste0("r/surfaces/", basename(file))
  taken <- setdiff(surface_names(), ls(COURSE_SURFACES))
  if (!IDENTIFIER[[1]](gsub("_", "-", name, fixed = TRUE)) || name %in% taken) {
    refuse(where, "name", name, paste(IDENTIFIER[[2]], "or '_', and no name of the package's own surfaces"))
  }
  # Free while its file is read again: a surface refuses a name that is taken.
  if (name %in% ls(COURSE_SURFACES)) rm(list = name, envir = COURSE_SURFACES)
  # Code of the project's own, as its lessons are.
  place <- new.env(parent = topenv())
  tryCatch(sys.source(file, envir = place, keep.source = FALSE), error = function(problem) {
    user_failure(where, problem, "the file failed")
  })
  surface <- place$SURFACE
  if (!inherits(surface, "gradpath_surface")) {
    gradpath_stop(paste0(where, ": SURFACE: is missing; define SURFACE <- surface(...) in it"))
  }
  if (!identical(attr(surface, "name"), name)) {
    refuse(where, "SURFACE's name", attr(surface, "name"), paste0("that of its file, '", name, "'"))
  }
  surface
}
