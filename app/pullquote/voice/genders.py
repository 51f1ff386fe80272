"""Genders: given names that are a man's or a woman's, so that "Mr Hall" is not Lucy Hall; those of both are left out."""

MEN = frozenset(
    """
    Aaron Adam Adrian Ahmed Alan Albert Alexander Andrew Anthony Antonio Arthur Barry Ben Benjamin Bernard Bill Bob Brian Bruce Callum
    Carlos Charles Christopher Colin Craig Damian Daniel David Declan Dennis Derek Dominic Donald Douglas Edward Eric Ernest Francis Frank Fred
    Frederick Gareth Gary Gavin Geoffrey George Gerald Gerard Gordon Graham Gregory Harold Harry Hassan Henry Howard Hugh Ian Ibrahim
    Jack Jacob James Jason Jeffrey Jeremy Jim Joe John Jonathan Jose Joseph Juan Keith Kenneth Kevin Larry Lawrence Leonard Liam Luke
    Malcolm Marcus Mario Mark Martin Matthew Michael Mike Mohamed Mohammed Muhammad Neil Nigel Norman Oliver Oscar Patrick Paul Pedro
    Peter Philip Ralph Raymond Richard Robert Roger Ronald Roy Samuel Sean Simon Stephen Steven Stuart Ted Thomas Tim Timothy Tom
    Tony Vincent Walter Wayne William
    """.split()  # noqa: SIM905 (shorter)
)
WOMEN = frozenset(
    """
    Abigail Agnes Alice Alison Amanda Amelia Amina Amy Angela Anita Ann Anna Anne Annie Aisha Barbara Beatrice Beth Betty Brenda Bridget Carol
    Caroline Catherine Charlotte Chloe Christina Christine Claire Clara Daisy Deborah Denise Diana Donna Doris Dorothy Edith Eileen Elaine
    Eleanor Elena Elizabeth Ella Ellen Emily Emma Eva Evelyn Fatima Fiona Florence Frances Georgina Gillian Gloria Grace Greta Hannah
    Harriet Hazel Heather Helen Helena Ingrid Irene Isabel Isabella Jacqueline Jane Janet Janice Jennifer Jenny Jessica Jill Joan Joanna
    Joanne Josephine Joyce Judith Julia Julie June Karen Kate Katherine Kathleen Katie Laura Lauren Lillian Linda Lisa Louise Lucy Lydia
    Margaret Maria Marie Marion Marjorie Martha Mary Maureen Megan Melissa Michelle Miriam Monica Nadia Nancy Naomi Natalie Natasha
    Nicola Nina Olivia Pamela Patricia Paula Pauline Penelope Phoebe Priya Rachel Rebecca Rita Rosa Rose Rosemary Ruth Sally Samantha
    Sandra Sara Sarah Sharon Sheila Shirley Sofia Sophia Sophie Stella Stephanie Susan Suzanne Sylvia Tanya Teresa Theresa Tina Ursula
    Valerie Vanessa Vera Veronica Victoria Virginia Wendy Winifred Yvonne Zoe
    """.split()  # noqa: SIM905 (shorter)
)
