package dev.retain.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.retain.runtime.memory.NativeTensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layers of the project, and who may know which library. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("dev.retain");

  private static final String RUNTIME = "dev.retain.runtime..";
  private static final String GRAMMAR = "dev.retain.grammar..";
  private static final String COMPILER = "dev.retain.compiler..";
  private static final String COMMANDS = "dev.retain.cli..";
  private static final String OURS = "dev.retain..";

  @Test
  void theRuntimeAndTheGrammarDependOnNothingOfOurs() {
    for (String layer : List.of(RUNTIME, GRAMMAR)) {
      classes()
          .that()
          .resideInAPackage(layer)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(layer).or(JavaClass.Predicates.resideOutsideOfPackage(OURS)))
          .check(CLASSES);
    }
  }

  @Test
  void theCompilerDependsOnTheRuntimeAndTheGrammarOnly() {
    noClasses()
        .that()
        .resideInAPackage(COMPILER)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(OURS)
                .and(JavaClass.Predicates.resideOutsideOfPackages(COMPILER, RUNTIME, GRAMMAR)))
        .check(CLASSES);
  }

  @Test
  void onlyTheParserKnowsTheGrammar() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.retain.compiler.syntax..", GRAMMAR)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.antlr..", GRAMMAR)
        .check(CLASSES);
  }

  @Test
  void onlyTheEmitterKnowsAsm() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.retain.compiler.bytecode..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.objectweb.asm..")
        .check(CLASSES);
  }

  @Test
  void arraysOfNd4jStayAtThePublicBoundaryAndInTheOracle() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.retain.runtime", "dev.retain.compiler.interpreter")
        .and()
        .doNotBelongToAnyOf(NativeTensor.class)
        .and()
        .haveNameNotMatching("dev\\.retain\\.runtime\\.memory\\.Nd4jBridge.*")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void whatAModelsOwnJarCarriesKnowsNoCompilerAndNoNd4j() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.retain.cli.run..", "dev.retain.cli.console..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(COMPILER, GRAMMAR, "dev.retain.cli.compile..", "dev.retain.models..")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..")
        .check(CLASSES);
  }

  @Test
  void nothingButTheCommandsDependsOnThem() {
    noClasses()
        .that()
        .resideOutsideOfPackage(COMMANDS)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(COMMANDS)
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"runtime", "compiler", "cli"})
  void packagesHaveNoCycles(String module) {
    slices().matching("dev.retain." + module + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  /** Rule 3 of the design: a model family is a file, never code. Strings count as well as names. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "retnet",
        "torchscale",
        "syncdoth",
        "mamba",
        "deltanet",
        "delta_rule",
        "rwkv",
        "hgrn",
        "gla_"
      })
  void noModelFamilyIsKnownToTheCompilerOrTheRuntime(String family) throws IOException {
    for (JavaClass one : CLASSES) {
      if (one.getPackageName().startsWith("dev.retain.compiler")
          || one.getPackageName().startsWith("dev.retain.runtime")) {
        assertThat(text(one)).as(one.getName()).doesNotContain(family);
      }
    }
  }

  private static String text(JavaClass one) throws IOException {
    try (InputStream file = one.getSource().orElseThrow().getUri().toURL().openStream()) {
      return new String(file.readAllBytes(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }
  }
}
