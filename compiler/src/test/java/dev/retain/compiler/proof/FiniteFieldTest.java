package dev.retain.compiler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.proof.FiniteField.Products;
import dev.retain.compiler.tensor.Function;
import java.math.BigInteger;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FiniteFieldTest {
  private static FiniteField field(Products products) {
    return new FiniteField(new SplittableRandom(11)::nextLong, products);
  }

  private static FieldNumber apply(FiniteField field, Function function, FieldNumber... x) {
    return field.apply(function, List.of(x));
  }

  private static void same(FieldNumber left, FieldNumber right) {
    assertThat(left.isUndefined()).isFalse();
    assertThat(left.value()).isEqualTo(right.value());
  }

  private static void different(FieldNumber left, FieldNumber right) {
    assertThat(left.value()).isNotEqualTo(right.value());
  }

  @Test
  void thePrimesAreWhatTheyShouldBe() {
    BigInteger p = BigInteger.valueOf(FiniteField.VALUES.modulus());
    BigInteger q = BigInteger.valueOf(FiniteField.EXPONENTS.modulus());
    assertThat(p.isProbablePrime(100)).isTrue();
    assertThat(q.isProbablePrime(100)).isTrue();
    assertThat(q.multiply(BigInteger.valueOf(4)).add(BigInteger.ONE)).isEqualTo(p);
  }

  @Test
  void residuesAreThoseOfLargeNumbers() {
    SplittableRandom random = new SplittableRandom(5);
    Modulus modulus = FiniteField.VALUES;
    BigInteger p = BigInteger.valueOf(modulus.modulus());
    for (int i = 0; i < 1000; i++) {
      long a = random.nextLong();
      long b = random.nextLong();
      BigInteger left = BigInteger.valueOf(a).mod(p);
      BigInteger right = BigInteger.valueOf(b).mod(p);
      assertThat(modulus.number(modulus.multiply(modulus.of(a), modulus.of(b))))
          .isEqualTo(left.multiply(right).mod(p).longValue());
      assertThat(modulus.number(modulus.subtract(modulus.of(a), modulus.of(b))))
          .isEqualTo(left.subtract(right).mod(p).longValue());
      assertThat(modulus.number(modulus.add(modulus.of(a), modulus.of(b))))
          .isEqualTo(left.add(right).mod(p).longValue());
      assertThat(modulus.number(modulus.invert(modulus.of(a))))
          .isEqualTo(left.modInverse(p).longValue());
    }
  }

  @ParameterizedTest
  @EnumSource
  void exponentialsAndRotationsAreExact(Products products) {
    FiniteField field = field(products);
    FieldNumber x = field.symbol();
    FieldNumber y = field.symbol();
    FieldNumber expX = apply(field, Function.EXP, x);
    FieldNumber expY = apply(field, Function.EXP, y);
    same(field.multiply(expX, expY), apply(field, Function.EXP, field.add(x, y)));
    same(apply(field, Function.LOG, expX), x);
    same(apply(field, Function.EXP, apply(field, Function.LOG, x)), x);
    same(apply(field, Function.POWER, x, field.number(3)), field.multiply(x, field.multiply(x, x)));
    same(
        apply(field, Function.POWER, x, field.number(3)),
        apply(field, Function.EXP, field.multiply(field.number(3), apply(field, Function.LOG, x))));
    FieldNumber sum = field.add(x, expY);
    FieldNumber logs = field.add(apply(field, Function.LOG, sum), apply(field, Function.LOG, y));
    same(apply(field, Function.EXP, logs), field.multiply(sum, y));
    FieldNumber sine = apply(field, Function.SIN, x);
    FieldNumber cosine = apply(field, Function.COS, x);
    same(field.add(field.multiply(sine, sine), field.multiply(cosine, cosine)), field.number(1));
    same(
        apply(field, Function.SIN, field.add(x, x)),
        field.multiply(field.number(2), field.multiply(sine, cosine)));
    same(apply(field, Function.SQRT, expX), apply(field, Function.EXP, half(field, x)));
  }

  private static FieldNumber half(FiniteField field, FieldNumber x) {
    return field.multiply(field.number(0.5), x);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotTheSameIsNot(Products products) {
    FiniteField field = field(products);
    FieldNumber x = field.symbol();
    FieldNumber minus = apply(field, Function.NEGATE, x);
    different(apply(field, Function.EXP, x), apply(field, Function.EXP, minus));
    // cos is not cosh, |x| is not x, the root of a square is not the number.
    FieldNumber cosh =
        half(field, field.add(apply(field, Function.EXP, x), apply(field, Function.EXP, minus)));
    different(apply(field, Function.COS, x), cosh);
    different(apply(field, Function.ABS, x), x);
    same(apply(field, Function.ABS, minus), apply(field, Function.ABS, x));
    different(apply(field, Function.SQRT, field.multiply(x, x)), x);
    different(apply(field, Function.EXP, field.number(1)), field.number(16));
    different(apply(field, Function.SELECT, x, x, minus), field.multiply(x, x));
  }

  @Test
  void maximaAreOfSetsAndPositionsAreNumbers() {
    FiniteField field = field(Products.SYMBOLS);
    FieldNumber x = field.symbol();
    FieldNumber y = field.symbol();
    FieldNumber z = field.symbol();
    same(
        apply(field, Function.MAX, x, apply(field, Function.MAX, y, z)),
        apply(
            field,
            Function.MAX,
            apply(field, Function.MAX, z, x),
            apply(field, Function.MAX, y, x)));
    FieldNumber position = field.large(700_000);
    FieldNumber next = field.add(position, field.number(1));
    same(apply(field, Function.LESS, position, next), field.number(1));
    same(apply(field, Function.LESS, field.number(1e6), position), field.number(1));
    same(apply(field, Function.SELECT, apply(field, Function.LESS, next, position), x, y), y);
    assertThat(apply(field, Function.DIVIDE, x, field.number(0)).isUndefined()).isTrue();
    FieldNumber nothing = apply(field, Function.DIVIDE, field.number(0), field.number(0));
    same(apply(field, Function.SELECT, field.number(0), nothing, x), x);
  }

  @Test
  void powersOfLargePositionsAreThoseOfTheirLogarithms() {
    FiniteField field = field(Products.SYMBOLS);
    FieldNumber gamma = field.symbol();
    FieldNumber position = field.large(700_000);
    FieldNumber next = field.add(position, field.number(1));
    same(
        apply(field, Function.POWER, gamma, next),
        field.multiply(gamma, apply(field, Function.POWER, gamma, position)));
    same(
        apply(field, Function.POWER, gamma, position),
        apply(field, Function.EXP, field.multiply(position, apply(field, Function.LOG, gamma))));
  }
}
