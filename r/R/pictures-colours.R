# The two themes: colours, markers and lines.

# Okabe and Ito's colours, safe for colour-blind readers, in two lightnesses; a path also has its own marker
# and line so that it can be told without colour.
THEMES <- list(
  light = list(
    low = "#b9cfe4",
    high = "#f8fafc",
    line = "#8fa8c0",
    paper = "#ffffff",
    ink = "#1f2933",
    paths = c("#0072b2", "#c14a00", "#00734f", "#9c3f76")
  ),
  dark = list(
    low = "#35506b",
    high = "#161d26",
    line = "#54708c",
    paper = "#14181d",
    ink = "#e6ebf0",
    paths = c("#6cc3f5", "#ffa23f", "#35d6a4", "#f0a3d0")
  )
)
MARKERS <- c(21, 24, 22, 23)
LINES <- c("solid", "52", "11", "6212")
# Two more than paths over a surface need, with the same contrast on the paper.
MORE_COLOURS <- list(light = c("#7a6200", "#52606d"), dark = c("#e3cf57", "#b4bfca"))
CURVE_MARKERS <- c(21, 24, 22, 23, 25, 3)
# One hue from few steps to many, so that lightness alone orders the cells, and another for those that
# diverge; marks tell the cells without a number apart where neither can be seen.
STEP_COLOURS <- list(
  light = list(
    steps = c("#06304e", "#0072b2", "#68b4dd", "#d6eaf6"), diverged = "#f6ddcb", cross = "#c14a00"
  ),
  dark = list(
    steps = c("#e0f4ff", "#6cc3f5", "#2d78a8", "#1d3c53"), diverged = "#452b1b", cross = "#ffa23f"
  )
)
