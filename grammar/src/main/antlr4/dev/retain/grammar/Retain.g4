// The Retain language. docs/language.md explains it.
//
// No separators stand between items: an item begins with a keyword or a name, and an expression
// never continues with a name. One rule per level of precedence, so that nothing is ambiguous.
grammar Retain;

file : importFile* declaration* EOF ;

importFile : IMPORT (dottedName | STRING) ;

dottedName : NAME ('.' NAME)* ;

// Declarations

declaration
    : function
    | layer
    | recurrence
    | form
    | preset
    | equivalence
    ;

function : FUNCTION NAME '(' names? over? ')' '=' expression ;

layer : (LAYER | MODEL) header body ;

recurrence : RECURRENCE header (':' NAME)? body ;

form : FORM NAME OF NAME body ;

header : NAME ('(' (hyperparameter (',' hyperparameter)*)? ')')? ;

hyperparameter : NAME (':' NAME ('|' NAME)*)? ('=' expression)? ;

preset : PRESET (NAME | STRING) OF NAME '{' presetValue* '}' ;

presetValue : NAME '=' expression ;

equivalence : EQUIVALENCE NAME (':' NAME)? ('=' NAME)+ ;

names : NAME (',' NAME)* ;

over : OVER names ;

// Items

body : '{' item* '}' ;

item
    : axisGroup
    | tensorGroup
    | inputGroup
    | stateGroup
    | layerGroup
    | named
    | output
    ;

axisGroup : AXIS axis (',' axis)* ;

axis : NAME ('=' expression)? ;

tensorGroup : (PARAM | CONST) tensor (',' tensor)* ;

tensor
    : NAME (elements initialValue | (',' NAME)* ':' type (initialValue | randomValue)?)
    ;

elements : '[' indexVariable (',' indexVariable)* ']' ;

indexVariable : NAME ':' NAME ;

initialValue : '=' expression ;

randomValue : '~' NAME arguments ;

inputGroup : IN input (',' input)* ;

input : NAME (',' NAME)* ':' type ;

stateGroup : STATE state (',' state)* ;

state : NAME (',' NAME)* ':' tensorType initialValue ;

layerGroup : LAYER layerUse (',' layerUse)* ;

layerUse : NAME ('[' expression ']')? '=' NAME arguments ;

named : NAME ('\'' | positions (':' tensorType)? | ':' tensorType)? '=' expression ;

output : OUT positions? expression ;

// An expression never begins with a bracket.
positions : '[' names ']' ;

type : tensorType | indexType ;

tensorType : '[' names? ']' ;

indexType : INDEX OF NAME ;

// Expressions, from loosest to tightest

expression : conditional | disjunction ;

conditional : IF expression THEN expression ELSE expression ;

disjunction : conjunction (OR conjunction)* ;

conjunction : negation (AND negation)* ;

negation : NOT negation | comparison ;

comparison : sum (('==' | '!=' | '<' | '<=' | '>' | '>=') sum)? ;

sum : product (('+' | '-') product)* ;

product : unary (('*' | '/' | '@') unary)* ;

unary : '-' unary | power ;

power : postfix ('^' unary)? ;

postfix : primary ('[' expression (',' expression)* ']')* ;

primary
    : NUMBER
    | TRUE
    | FALSE
    | NAME (arguments | '\'')?
    | '(' expression ')'
    ;

arguments : '(' (argument (',' argument)*)? over? ')' ;

argument : (NAME '=')? expression ;

// Tokens

IMPORT : 'import' ;
FUNCTION : 'function' ;
LAYER : 'layer' ;
RECURRENCE : 'recurrence' ;
FORM : 'form' ;
MODEL : 'model' ;
PRESET : 'preset' ;
EQUIVALENCE : 'equivalence' ;
OF : 'of' ;
AXIS : 'axis' ;
PARAM : 'param' ;
CONST : 'const' ;
IN : 'in' ;
STATE : 'state' ;
OUT : 'out' ;
OVER : 'over' ;
INDEX : 'index' ;
IF : 'if' ;
THEN : 'then' ;
ELSE : 'else' ;
AND : 'and' ;
OR : 'or' ;
NOT : 'not' ;
TRUE : 'true' ;
FALSE : 'false' ;

LEFT_PARENTHESIS : '(' ;
RIGHT_PARENTHESIS : ')' ;
LEFT_BRACKET : '[' ;
RIGHT_BRACKET : ']' ;
LEFT_BRACE : '{' ;
RIGHT_BRACE : '}' ;
COMMA : ',' ;
COLON : ':' ;
DOT : '.' ;
BAR : '|' ;
PRIME : '\'' ;
ASSIGN : '=' ;
TILDE : '~' ;
EQUAL : '==' ;
NOT_EQUAL : '!=' ;
LESS : '<' ;
LESS_OR_EQUAL : '<=' ;
GREATER : '>' ;
GREATER_OR_EQUAL : '>=' ;
PLUS : '+' ;
MINUS : '-' ;
TIMES : '*' ;
DIVIDE : '/' ;
CONTRACT : '@' ;
POWER : '^' ;

NAME : LETTER (LETTER | DIGIT)* ;
NUMBER : DIGIT+ ('.' DIGIT+)? ([eE] [+-]? DIGIT+)? ;
STRING : '"' ~["\r\n]* '"' ;

DOCUMENTATION : '///' (~[/\r\n] ~[\r\n]*)? -> channel(HIDDEN) ;
COMMENT : '//' ~[\r\n]* -> skip ;
BLANK : [ \t\r\n]+ -> skip ;

// What follows is in no rule: each is reported, and then read as what was probably meant.

BAD_NUMBER
    : NUMBER (LETTER | '.') (LETTER | DIGIT | '.')*
    | '.' DIGIT (LETTER | DIGIT | '.')*
    ;
OPEN_STRING : '"' ~["\r\n]* ;
FOREIGN_OPERATOR
    : '**' | '&&' | '||' | '!' | '%' | ':=' | '+=' | '-=' | '*=' | '/=' | '->' | '=>' | '++'
    | '/*' | '*/'
    ;
UNKNOWN : . ;

fragment LETTER : [\p{L}_] ;
fragment DIGIT : [0-9] ;
