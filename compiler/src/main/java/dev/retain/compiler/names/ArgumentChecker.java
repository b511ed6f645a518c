package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks that a call gives each argument once, and none that there is not. */
final class ArgumentChecker {
  private final Diagnostics diagnostics;

  ArgumentChecker(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  void function(Name callee, Arguments arguments, FunctionDeclaration declaration) {
    List<String> names = declaration.parameters().stream().map(Name::text).toList();
    signature(callee, arguments, names, names, "parameter");
    overs(callee, arguments, declaration.over().size());
  }

  /** The inputs of a layer or recurrence: those that get their value from the caller. */
  void inputs(Name callee, Arguments arguments, List<Item> items) {
    List<String> names = CallInputs.of(items).stream().map(item -> item.name().text()).toList();
    signature(callee, arguments, names, names, "input");
    overs(callee, arguments, 0);
  }

  /**
   * @param needed those of the names that have no default
   * @param word what an argument is called
   */
  void signature(
      Name callee, Arguments arguments, List<String> names, List<String> needed, String word) {
    Set<String> given = new HashSet<>();
    for (int i = 0; i < arguments.positional().size(); i++) {
      if (i >= names.size()) {
        diagnostics
            .error(
                Code.TOO_MANY_ARGUMENTS,
                arguments.positional().get(i).span(),
                "`"
                    + callee
                    + "` takes "
                    + count(names.size(), word)
                    + ", not "
                    + arguments.positional().size())
            .help(names.isEmpty() ? "remove it" : known(names, word));
        return;
      }
      given.add(names.get(i));
    }
    boolean unknown = false;
    for (Arguments.NamedArgument named : arguments.named()) {
      String name = named.name().text();
      if (!names.contains(name)) {
        unknown = true;
        diagnostics
            .error(
                Code.UNKNOWN_ARGUMENT,
                named.name().span(),
                "`" + callee + "` has no " + word + " `" + name + "`")
            .help(
                Suggestions.didYouMean(name, names)
                    .orElse(names.isEmpty() ? "it has none" : known(names, word)));
      } else if (!given.add(name)) {
        diagnostics
            .error(Code.DECLARED_TWICE, named.span(), "`" + name + "` is given twice")
            .help("remove one of the two");
      }
    }
    List<String> missing = needed.stream().filter(name -> !given.contains(name)).toList();
    // A misspelt name is also missing under its right one; one message says it.
    if (!missing.isEmpty() && !unknown) {
      diagnostics
          .error(
              Code.MISSING_ARGUMENT,
              callee.span(),
              "`" + callee + "` also needs " + String.join(", ", missing))
          .help(known(names, word));
    }
  }

  /** The arguments of a built-in function, which have no names. */
  void positional(Name callee, Arguments arguments, int arity, boolean over) {
    for (Arguments.NamedArgument named : arguments.named()) {
      diagnostics
          .error(
              Code.UNKNOWN_ARGUMENT,
              named.name().span(),
              "`" + callee + "` takes its arguments by position")
          .help("write the value without `" + named.name() + " =`");
    }
    int count = arguments.positional().size();
    if (count != arity && arguments.named().isEmpty()) {
      diagnostics
          .error(
              count < arity ? Code.MISSING_ARGUMENT : Code.TOO_MANY_ARGUMENTS,
              callee.span(),
              "`" + callee + "` takes " + count(arity, "argument") + ", not " + count)
          .help(count < arity ? "add what is missing" : "remove what is too much");
    }
    if (!over) {
      overs(callee, arguments, 0);
    } else if (arguments.over().isEmpty()) {
      diagnostics
          .error(
              Code.MISSING_ARGUMENT,
              callee.span(),
              "`" + callee + "` needs to know over which axis it works")
          .help("say `" + callee + (arity == 1 ? "(x over K)`" : "(x, angle over K)`"));
    }
  }

  void overs(Name callee, Arguments arguments, int expected) {
    int given = arguments.over().size();
    if (given != expected) {
      diagnostics
          .error(
              given < expected ? Code.MISSING_ARGUMENT : Code.TOO_MANY_ARGUMENTS,
              given > expected ? arguments.over().get(expected).span() : callee.span(),
              "`"
                  + callee
                  + "` works over "
                  + (expected == 0 ? "no axis" : expected == 1 ? "1 axis" : expected + " axes")
                  + ", not "
                  + given)
          .help(
              expected == 0
                  ? "remove `over ...`"
                  : "say `" + callee + "(... over " + (expected == 1 ? "K" : "K, V") + ")`");
    }
  }

  private static String known(List<String> names, String word) {
    return (names.size() == 1 ? "its " + word + " is " : "its " + word + "s are ")
        + String.join(", ", names);
  }

  private static String count(int number, String word) {
    return (number == 0 ? "no" : Integer.toString(number)) + " " + word + (number == 1 ? "" : "s");
  }
}
