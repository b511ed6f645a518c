package dev.retain.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.syntax.Declaration.EquivalenceDeclaration;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.PresetDeclaration;
import dev.retain.compiler.syntax.Expression.Binary;
import dev.retain.compiler.syntax.Expression.NumberLiteral;
import dev.retain.compiler.syntax.Expression.Unary;
import dev.retain.compiler.syntax.Item.AxisItem;
import dev.retain.compiler.syntax.Item.LayerItem;
import dev.retain.compiler.syntax.Item.LetItem;
import dev.retain.compiler.syntax.Item.NextItem;
import dev.retain.compiler.syntax.Item.OutItem;
import dev.retain.compiler.syntax.Item.StateItem;
import dev.retain.compiler.syntax.Item.TensorItem;
import dev.retain.compiler.syntax.Item.TensorItem.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParserTest {
  @Test
  void flattensGroupsAndSharesWhatFollowsTheNames() {
    List<Item> items =
        items("param Wq, Wk: [d, K] ~ normal(2), b: [K] = 0 state S, z: [] = 1 axis K, V = 2 / 1");
    assertThat(items.stream().map(SyntaxPrinter::print))
        .containsExactly(
            "param Wq: [d, K] ~ normal(2)",
            "param Wk: [d, K] ~ normal(2)",
            "param b: [K] = 0",
            "state S: [] = 1",
            "state z: [] = 1",
            "axis K",
            "axis V = 2 / 1");
  }

  @Test
  void tellsItemsApartWithoutSeparators() {
    assertThat(items("a = b c: [d] = e S' = f out g layer n = N() in i: index of v"))
        .hasExactlyElementsOfTypes(
            LetItem.class,
            LetItem.class,
            NextItem.class,
            OutItem.class,
            LayerItem.class,
            TensorItem.class);
  }

  @Test
  void givesElementwiseConstantsTheAxesOfTheirVariables() {
    TensorItem gamma = (TensorItem) items("const gamma[h: head, j: pair] = h").getFirst();
    assertThat(gamma.role()).isEqualTo(Role.CONST);
    assertThat(SyntaxPrinter.print(gamma.type())).isEqualTo("[head, pair]");
    assertThat(gamma.initialiser()).containsInstanceOf(Initialiser.Elementwise.class);
  }

  @Test
  void keepsDocumentation() {
    LayerDeclaration layer =
        layer(
            """
            /// Of the layer,
            ///   indented.
            // not this
            layer A {
              /// Of the group.
              state S: [] = 0,
                /// Its own.
                z: [] = 0
              out S
            }
            """);
    assertThat(layer.doc()).isEqualTo("Of the layer,\n  indented.");
    assertThat(layer.items().stream().map(Item::doc))
        .containsExactly("Of the group.", "Its own.", "");
  }

  @Test
  void knowsThePlaceOfEveryNode() {
    // The letter before is one code point and two UTF-16 units.
    LayerDeclaration layer = layer("layer 𝛾 {\n  state S, z: [] = (1 + 2) * 3\n  axis K\n}");
    assertThat(layer.name().span().text()).isEqualTo("𝛾");
    assertThat(layer.span().text()).startsWith("layer").endsWith("}");
    StateItem state = (StateItem) layer.items().getFirst();
    assertThat(state.span().text()).isEqualTo("S, z: [] = (1 + 2) * 3");
    assertThat(state.initial().span().text()).isEqualTo("(1 + 2) * 3");
    assertThat(((Binary) state.initial()).left().span().text()).isEqualTo("1 + 2");
    AxisItem axis = (AxisItem) layer.items().getLast();
    assertThat(axis.name().span()).hasToString("test.ret:3:8");
  }

  @Test
  void groupsOperators() {
    Expression expression = expression("-2 ^ -3 ^ 4");
    assertThat(expression).isInstanceOf(Unary.class);
    Binary power = (Binary) ((Unary) expression).operand();
    assertThat(power.left()).isInstanceOf(NumberLiteral.class);
    assertThat(power.right()).isInstanceOf(Unary.class);
    assertThat(((Binary) expression("a - b - c")).left()).isInstanceOf(Binary.class);
    assertThat(((Binary) expression("a @ b * c")).operator()).isEqualTo(BinaryOperator.MULTIPLY);
  }

  @Test
  void readsPresetsAndEquivalences() {
    SourceFile file =
        parse("preset \"7b\" of M { d = 1 e = 2 } equivalence R: a = b equivalence A = B = C");
    PresetDeclaration preset = (PresetDeclaration) file.declarations().get(0);
    assertThat(preset.name().text()).isEqualTo("7b");
    assertThat(preset.values()).extracting(value -> value.name().text()).containsExactly("d", "e");
    EquivalenceDeclaration forms = (EquivalenceDeclaration) file.declarations().get(1);
    assertThat(forms.recurrences()).extracting(Name::text).containsExactly("R");
    assertThat(forms.forms()).extracting(Name::text).containsExactly("a", "b");
    EquivalenceDeclaration recurrences = (EquivalenceDeclaration) file.declarations().get(2);
    assertThat(recurrences.recurrences()).extracting(Name::text).containsExactly("A", "B", "C");
    assertThat(recurrences.forms()).isEmpty();
  }

  @Test
  void readsAnEmptyFile() {
    assertThat(parse("// nothing\n").declarations()).isEmpty();
  }

  private static Expression expression(String text) {
    return ((FunctionDeclaration) parse("function f() = " + text).declarations().getFirst()).body();
  }

  private static List<Item> items(String text) {
    return layer("layer A { " + text + " }").items();
  }

  private static LayerDeclaration layer(String text) {
    return (LayerDeclaration) parse(text).declarations().getFirst();
  }

  private static SourceFile parse(String text) {
    Diagnostics diagnostics = new Diagnostics();
    SourceFile file = Parser.parse(new Source("test.ret", text), diagnostics);
    diagnostics.throwIfErrors();
    return file;
  }
}
