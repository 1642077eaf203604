# Finds the recorded tables that lessons read, wherever a lesson is run.

#' Find a recorded table
#'
#' It is looked for in the folder `shared_figures` of the working directory and of the project that the package
#' is used from, and then, by its last name, in the working directory itself. If it is in none of these places, an
#' error of class `gradpath_error` says where to get it.
#'
#' @param name The table's name below `shared_figures`, such as `"recorded_torch/torch_network.csv"`.
#' @return Its path.
#' @export
#' @examples
#' try(find_table("recorded_torch/torch_network.csv"))
find_table <- function(name) {
  if (!is.character(name) || length(name) != 1 || is.na(name)) {
    refuse("find_table()", "name", name, "the name of a table below shared_figures, as a text")
  }
  # The project's own library of R packages is a folder of the project.
  project <- dirname(dirname(find.package("gradpath")))
  places <- c(file.path("shared_figures", name), file.path(project, "shared_figures", name), basename(name))
  there <- places[file.exists(places) & !dir.exists(places)]
  if (length(there) == 0) {
    refuse("find_table()", "name", name, paste0(
      "a table that is here: copy shared_figures/", name,
      " of the project into this folder, or run in the project's"
    ))
  }
  there[[1]]
}
