#' @keywords internal
#' @importFrom ggplot2 .data
"_PACKAGE"

# The lists of what lies in files of its own, one file per rule, surface and network: adding one is adding its file.
.onLoad <- function(libname, pkgname) {
  here <- topenv()
  rules <- found_in(here, "gradpath_rule", "year")
  assign("RULES", rules, envir = here)
  assign("UPDATE_RULES", lapply(rules, `[[`, "step"), envir = here)
  # A project may add its own, see load_surfaces(): the list says what there is when it is asked.
  surfaces <- found_in(here, "gradpath_surface", "place")
  rm("SURFACES", envir = here)
  makeActiveBinding("SURFACES", function() c(surfaces, as.list(COURSE_SURFACES, sorted = TRUE)), here)
  assign("NETWORKS", found_in(here, "gradpath_network", "place"), envir = here)
}

# What a package defines of a class, by name, in the order of one of its numbers.
found_in <- function(package, class, order) {
  parts <- unname(Filter(function(value) inherits(value, class), mget(ls(package), envir = package)))
  known <- function(part, field) if (is.list(part)) part[[field]] else attr(part, field)
  names(parts) <- vapply(parts, known, "", field = "name")
  parts[order(vapply(parts, known, 1, field = order))]
}
